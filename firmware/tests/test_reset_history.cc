#include "drivers/reset_history.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <initializer_list>

using drivers::ResetCause;
using drivers::ResetHistory;

namespace {

struct Chip {
  chip::SrcRegs src = {};
  chip::SnvsRegs snvs = {};

  /// One boot with this SRSR.
  ResetHistory Boot(std::uint32_t srsr) {
    src.SRSR = srsr;
    ResetHistory history(src, snvs);
    history.Start();
    return history;
  }
};

}  // namespace

TEST_CASE("the first boot is a power-on and not a reset") {
  Chip chip;
  chip.snvs.LPGPR[0] = 0x1234'5678;  // whatever the cells hold
  const ResetHistory history = chip.Boot(1);
  CHECK(history.Cause() == ResetCause::kPowerOn);
  CHECK(history.Count() == 0);
  CHECK(chip.src.SRSR.Word() == 1);  // written back to clear it
}

TEST_CASE("a boot that ends a sleep is no reset") {
  Chip chip;
  static_cast<void>(chip.Boot(1));
  for (const std::uint32_t srsr : {0u, 1u}) {  // from SUSPEND, and from SNVS
    drivers::ResetHistory(chip.src, chip.snvs).MarkSleep();
    const ResetHistory history = chip.Boot(srsr);
    CHECK(history.Cause() == ResetCause::kWake);
    CHECK(history.Count() == 0);
  }
  drivers::ResetHistory(chip.src, chip.snvs).MarkSleep();
  CHECK(chip.Boot(1u << 4).Cause() == ResetCause::kWatchdog);
  CHECK(chip.Boot(1).Cause() == ResetCause::kPin);  // the mark is gone
}

TEST_CASE("later boots count and name their cause") {
  Chip chip;
  static_cast<void>(chip.Boot(1));
  CHECK(chip.Boot(1u << 4).Cause() == ResetCause::kWatchdog);
  CHECK(chip.Boot(1u << 7).Cause() == ResetCause::kRtwdog);
  CHECK(chip.Boot(1u << 1).Cause() == ResetCause::kDebugger);
  CHECK(chip.Boot(1u << 3).Cause() == ResetCause::kPin);
  CHECK(chip.Boot(1u << 0).Cause() == ResetCause::kPin);
  CHECK(chip.Boot(1u << 8).Cause() == ResetCause::kOther);
  CHECK(chip.Boot(0).Count() == 7);
}

TEST_CASE("the cells are unlocked before their first use") {
  Chip chip;
  static_cast<void>(chip.Boot(1));
  CHECK(chip.snvs.LPPGDR == 0x4173'6166);
  CHECK(chip.snvs.LPSR.Word() == 1u << 3);
}

TEST_CASE("a reset that was meant is ours, once; any other is a debugger's") {
  Chip chip;
  chip.Boot(1).MarkIntended();
  CHECK(chip.Boot(2).Cause() == ResetCause::kSystem);
  CHECK(chip.Boot(2).Cause() == ResetCause::kDebugger);
}

TEST_CASE("every cause has the protocol's name") {
  CHECK(std::strcmp(drivers::NameOf(ResetCause::kPowerOn), "power_on") == 0);
  CHECK(std::strcmp(drivers::NameOf(ResetCause::kSystem), "system") == 0);
  CHECK(std::strcmp(drivers::NameOf(ResetCause::kWatchdog), "watchdog") == 0);
  CHECK(std::strcmp(drivers::NameOf(ResetCause::kRtwdog), "rtwdog") == 0);
  CHECK(std::strcmp(drivers::NameOf(ResetCause::kDebugger), "debugger") == 0);
  CHECK(std::strcmp(drivers::NameOf(ResetCause::kPin), "pin") == 0);
  CHECK(std::strcmp(drivers::NameOf(ResetCause::kOther), "other") == 0);
}
