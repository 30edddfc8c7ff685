#include "app/vision/kept_run.hpp"

#include <doctest/doctest.h>

#include <cstring>

using app::KeptRun;

namespace {

KeptRun Sample() {
  KeptRun run;
  run.request.sleeps = true;
  run.request.frames = 7;
  run.request.period_ms = 600'000;
  run.request.mode = drivers::SleepMode::kSnvs;
  run.request.rest = drivers::Camera::Rest::kGated;
  run.done = 3;
  run.skipped = 2;
  run.due_s = 0xFFFF'FFF0;
  return run;
}

}  // namespace

TEST_CASE("a run is what it was after the words were read") {
  std::uint32_t words[KeptRun::kWords];
  Sample().Write(words);
  KeptRun read;
  REQUIRE(KeptRun::Read(words, read));
  CHECK(read.request.frames == 7);
  CHECK(read.request.period_ms == 600'000);
  CHECK(read.request.mode == drivers::SleepMode::kSnvs);
  CHECK(read.request.rest == drivers::Camera::Rest::kGated);
  CHECK(read.request.Restarts());
  CHECK(read.done == 3);
  CHECK(read.skipped == 2);
  CHECK(read.due_s == 0xFFFF'FFF0);
}

TEST_CASE("other words are no run") {
  std::uint32_t words[KeptRun::kWords];
  KeptRun read;
  for (const std::uint32_t first : {0u, 0xFFFF'FFFFu, 0x52D5'0900u, 0x52D5'0309u, 0x52D4'0300u}) {
    Sample().Write(words);
    words[0] = first;
    CHECK_FALSE(KeptRun::Read(words, read));
  }
  Sample().Write(words);
  words[3] = 0;
  CHECK_FALSE(KeptRun::Read(words, read));
}

TEST_CASE("periods that are over get no frame") {
  KeptRun run = Sample();
  run.request.period_ms = 10'000;
  run.due_s = 100;
  CHECK(run.SkipUntil(98) == 0);
  CHECK(run.due_s == 100);
  CHECK(run.SkipUntil(99) == 1);
  CHECK(run.due_s == 110);
  CHECK(run.SkipUntil(135) == 3);
  CHECK(run.due_s == 140);
  CHECK(run.skipped == 6);
  run.skipped = KeptRun::kMaxSkipped;
  CHECK(run.SkipUntil(1000) != 0);
  CHECK(run.skipped == KeptRun::kMaxSkipped);
}
