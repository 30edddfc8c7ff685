#include "drivers/clocks.hpp"

#include <doctest/doctest.h>

namespace {

constexpr std::uint32_t kLocked = 0x8000'0000;
constexpr std::uint32_t kArmAtReset = 0x0001'3042;  // bypassed, powered down

struct Chip {
  chip::CcmRegs ccm = {};
  chip::CcmAnalogRegs analog = {};
  chip::DcdcRegs dcdc = {};
  drivers::Clocks clocks{ccm, analog, dcdc};

  Chip() {
    ccm.CCGR[0] = 0xFFFF'FFFF;
    ccm.CBCDR = 0x000A'8300;
    ccm.CBCMR = 0x2DAE'8324;
    ccm.CLPCR = 0x79;
    analog.PLL_ARM.VALUE = kLocked;
    analog.PLL_SYS.VALUE = kLocked | 0x2001;
    dcdc.REG0 = kLocked;
    dcdc.REG3 = 0x10E;
  }
};

}  // namespace

TEST_CASE("the clocks end as they shall be") {
  Chip chip;
  CHECK(chip.clocks.Start() == Status::kOk);
  CHECK((chip.dcdc.REG3.Word() & 0x1F) == 0x13);
  CHECK((chip.dcdc.REG3.Word() & ~0x1Fu) == 0x100);
  CHECK(chip.ccm.CACRR.Word() == 1);
  CHECK((chip.ccm.CBCDR.Word() >> 25 & 1) == 0);
  CHECK((chip.ccm.CBCDR.Word() >> 10 & 7) == 0);
  CHECK((chip.ccm.CBCDR.Word() >> 8 & 3) == 3);
  CHECK((chip.ccm.CBCMR.Word() >> 18 & 3) == 3);
  CHECK((chip.ccm.CBCMR.Word() >> 4 & 3) == 2);
  CHECK((chip.ccm.CBCMR.Word() >> 26 & 7) == 4);
  CHECK((chip.ccm.CSCDR1.Word() & 0x7F) == 0x40);
  CHECK((chip.ccm.CSCDR2.Word() >> 18 & 0x7F) == 1);
  CHECK((chip.ccm.CLPCR.Word() & 3) == 0);
  CHECK(chip.analog.PLL_ARM.SET.Word() == 1u << 16);
  CHECK(chip.analog.PLL_ARM.VALUE.Word() == (kLocked | 100u | 1u << 13));
  CHECK(chip.analog.PLL_ARM.CLR.Word() == 1u << 16);
}

TEST_CASE("without a lock the core stays on the oscillator") {
  Chip chip;
  SUBCASE("of the core's PLL") { chip.analog.PLL_ARM.VALUE = kArmAtReset; }
  SUBCASE("of the system PLL") { chip.analog.PLL_SYS.VALUE = 0x0001'3001; }
  SUBCASE("of the core voltage") { chip.dcdc.REG0 = 0; }
  CHECK(chip.clocks.Start() == Status::kTimeout);
  CHECK((chip.ccm.CBCDR.Word() >> 25 & 1) == 1);
  CHECK(chip.clocks.CoreHz() == 24'000'000);
}

TEST_CASE("the console's clock is set whatever else fails") {
  Chip chip;
  const_cast<volatile std::uint32_t&>(chip.ccm.CDHIPR) = 1;  // not even the first handshake ends
  CHECK(chip.clocks.Start() == Status::kTimeout);
  CHECK((chip.ccm.CSCDR1.Word() & 0x7F) == 0x40);
}

TEST_CASE("the system PLL is left alone when it runs") {
  Chip chip;
  CHECK(chip.clocks.Start() == Status::kOk);
  CHECK(chip.analog.PLL_SYS.SET.Word() == 0);
  CHECK(chip.analog.PLL_SYS.CLR.Word() == 0);
}

TEST_CASE("the core clock is read off the registers") {
  Chip chip;
  chip.ccm.CBCDR = 0;
  chip.ccm.CACRR = 1;
  chip.analog.PLL_ARM.VALUE = 0x8000'2064;
  CHECK(chip.clocks.CoreHz() == 600'000'000);
  chip.ccm.CBCDR = 1u << 10;
  CHECK(chip.clocks.CoreHz() == 300'000'000);
  chip.analog.PLL_ARM.VALUE = 0x8001'2064;
  CHECK(chip.clocks.CoreHz() == 6'000'000);
  chip.ccm.CBCDR = 1u << 25;
  CHECK(chip.clocks.CoreHz() == 24'000'000);
}
