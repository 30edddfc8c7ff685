#include "app/vision/schedule.hpp"

#include <doctest/doctest.h>

using app::Schedule;

namespace {

constexpr std::uint32_t kNow = 0xFFFF'FFF0;  // so that the wrap is met on the way

}  // namespace

TEST_CASE("without a period a frame is always due and nothing is skipped") {
  Schedule schedule;
  schedule.Start(kNow, 0);
  CHECK(schedule.IsDue(kNow));
  CHECK(schedule.Begin(kNow + 5'000) == 0);
  CHECK(schedule.IsDue(kNow + 5'000));
}

TEST_CASE("frames are due once a period, from the start") {
  Schedule schedule;
  schedule.Start(kNow, 100);
  CHECK(schedule.IsDue(kNow));
  CHECK(schedule.Begin(kNow) == 0);
  CHECK_FALSE(schedule.IsDue(kNow + 99));
  CHECK(schedule.IsDue(kNow + 100));
  CHECK(schedule.Begin(kNow + 130) == 0);
  CHECK_FALSE(schedule.IsDue(kNow + 199));
  CHECK(schedule.IsDue(kNow + 200));
  CHECK(schedule.Skipped() == 0);
}

TEST_CASE("what is left until the next frame") {
  Schedule schedule;
  schedule.Start(kNow, 100);
  CHECK(schedule.LeftMs(kNow) == 0);
  CHECK(schedule.Begin(kNow) == 0);
  CHECK(schedule.LeftMs(kNow + 1) == 99);
  CHECK(schedule.LeftMs(kNow + 99) == 1);
  CHECK(schedule.LeftMs(kNow + 100) == 0);
  CHECK(schedule.LeftMs(kNow + 130) == 0);
}

TEST_CASE("periods that pass whole are told, and the grid of periods is kept") {
  Schedule schedule;
  schedule.Start(kNow, 100);
  CHECK(schedule.Begin(kNow) == 0);
  CHECK(schedule.Begin(kNow + 350) == 2);  // 100 and 200 had none, 300 has this one
  CHECK_FALSE(schedule.IsDue(kNow + 399));
  CHECK(schedule.Begin(kNow + 500) == 1);
  CHECK(schedule.Skipped() == 3);
  schedule.Start(kNow, 100);
  CHECK(schedule.Skipped() == 0);
}
