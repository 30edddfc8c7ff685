#include "drivers/low_power.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"

namespace {

struct Bench {
  chip::CcmRegs ccm = {};
  chip::GpcRegs gpc = {};
  chip::IomuxcGprRegs gpr = {};
  chip::GptRegs timer = {};
  drivers::LowPower low_power{ccm, gpc, gpr, timer};

  std::uint32_t Sleep(drivers::SleepMode mode, std::uint32_t milliseconds, std::uint32_t counted) {
    const_cast<std::uint32_t&>(timer.CNT) = counted;
    return low_power.Sleep(mode, milliseconds, 20);
  }
};

using drivers::SleepMode;

}  // namespace

TEST_CASE("a sleep is timed from 32 kHz") {
  Bench bench;
  CHECK(bench.Sleep(SleepMode::kStop, 1000, 32'768) == 1'000'000);
  CHECK(bench.timer.OCR[0] == 32'768);
  CHECK(bench.Sleep(SleepMode::kStop, 250, 8192) == 250'000);
  CHECK(bench.timer.OCR[0] == 8192);
}

TEST_CASE("a sleep that something else ended says how long it was") {
  Bench bench;
  CHECK(bench.Sleep(SleepMode::kWait, 1000, 33) == 1007);
}

TEST_CASE("only the timer wakes from STOP, and the console from WAIT as well") {
  Bench bench;
  bench.Sleep(SleepMode::kStop, 10, 327);
  CHECK(bench.gpc.IMR[0] == 0xFFFF'FFFF);
  CHECK(bench.gpc.IMR[1] == 0xFFFF'FFFF);
  CHECK(bench.gpc.IMR[2] == 0xFFFF'FFFF);
  CHECK(bench.gpc.IMR[3] == ~(1u << (100 - 96)));
  CHECK(bench.gpc.IMR5 == 0xFFFF'FFFF);
  bench.Sleep(SleepMode::kWait, 10, 327);
  CHECK(bench.gpc.IMR[0] == ~(1u << 20));
}

TEST_CASE("afterwards the clocks run, and nothing is left of the sleep") {
  Bench bench;
  bench.ccm.CLPCR = 0x78;
  bench.Sleep(SleepMode::kStop, 10, 327);
  CHECK(bench.ccm.CLPCR.Word() == 0x78);
  CHECK(bench.gpr.GPR[1] == 0);
  CHECK(bench.timer.CR.Word() == 0);
  CHECK(bench.timer.IR.Word() == 0);
}
