#include "drivers/wdog.hpp"

#include <doctest/doctest.h>

TEST_CASE("the watchdog starts with its time and without pulling any line") {
  chip::WdogRegs regs = {};
  drivers::Wdog watchdog(regs);
  watchdog.Start(8);
  CHECK(regs.WCR.Word() == (7u << 8 | 0x34 | 0x2 | 0x1));
  CHECK(regs.WSR == 0xAAAA);
}

TEST_CASE("the power-down counter is stopped") {
  chip::WdogRegs regs = {};
  regs.WMCR = 1;
  drivers::StopPowerDownCounter(regs);
  CHECK(regs.WMCR.Word() == 0);
}

TEST_CASE("RTWDOG is unlocked and switched off when it runs") {
  chip::RtwdogRegs regs = {};
  regs.CS = 0x2980;
  drivers::StopRtwdog(regs);
  CHECK(regs.CNT == 0xD928'C520);
  CHECK(regs.TOVAL == 0xFFFF);
  CHECK(regs.CS.Word() == 0x2920);
}

TEST_CASE("RTWDOG is left alone when it does not run") {
  chip::RtwdogRegs regs = {};
  drivers::StopRtwdog(regs);
  CHECK(regs.CNT == 0);
}
