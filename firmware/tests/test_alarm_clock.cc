#include "drivers/alarm_clock.hpp"

#include <doctest/doctest.h>

#include "drivers/kept_words.hpp"

namespace {

struct Bench {
  chip::SnvsRegs snvs = {};
  drivers::AlarmClock clock{snvs};
};

}  // namespace

TEST_CASE("seconds are the counter's upper bits") {
  Bench bench;
  bench.snvs.LPSRTCMR = 0x1234;
  bench.snvs.LPSRTCLR = 0x8765'4321;
  CHECK(bench.clock.Seconds() == ((0x1234u << 17) | (0x8765'4321u >> 15)));
}

TEST_CASE("a counter that stands still is told") {
  Bench bench;
  CHECK(bench.clock.Start() == Status::kTimeout);
  CHECK((bench.snvs.LPCR.Word() & 1) == 1);
}

TEST_CASE("the alarm has the supply switched on, and is forgotten") {
  Bench bench;
  bench.snvs.LPCR = 0x21;
  bench.clock.SetAlarm(1234);
  CHECK(bench.snvs.LPTAR == 1234);
  CHECK(bench.snvs.LPCR.Word() == (0x21 | 1u << 1 | 1u << 3));
  bench.clock.ClearAlarm();
  CHECK(bench.snvs.LPCR.Word() == 0x21);
  bench.clock.PowerOff();
  CHECK(bench.snvs.LPCR.Word() == (0x21 | 1u << 5 | 1u << 6));
}

TEST_CASE("kept words are none of the reset history's") {
  chip::SnvsRegs snvs = {};
  drivers::KeptWords kept(snvs);
  kept.Write({1, 2, 3, 4, 5});
  CHECK(snvs.LPGPR[2] == 0);
  std::uint32_t words[drivers::KeptWords::kWords];
  kept.Read(words);
  CHECK(words[0] == 1);
  CHECK(words[4] == 5);
  CHECK(snvs.LPGPR[7] == 5);
  kept.Forget();
  CHECK(snvs.LPGPR[3] == 0);
}
