#include "drivers/sdram.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"

TEST_CASE("the SDRAM's timing is the words of the SDK's DCD for this board") {
  chip::SemcRegs regs = {};
  // Plain memory keeps the error bit that a command clears, so it ends as failed.
  CHECK(drivers::Sdram(regs).Start(0x8000'0000, 13) == Status::kFailed);
  CHECK(regs.MCR.Word() == 0x1000'0004);
  CHECK(regs.BR[0].Word() == 0x8000'001B);
  CHECK(regs.SDRAMCR0.Word() == 0x0000'0F31);
  CHECK(regs.SDRAMCR1.Word() == 0x0065'2922);
  CHECK(regs.SDRAMCR2.Word() == 0x0001'0920);
  CHECK(regs.SDRAMCR3.Word() == 0x5021'0A08);  // no refresh before it is set up
  CHECK(regs.IPCR[0] == 0x8000'0000);
  CHECK(regs.IPCMD.Word() == 0xA55A'000F);  // the first command
  CHECK(regs.IPTXDAT == 0x33);
}
