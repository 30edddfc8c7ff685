/// \file
/// Clock controller registers (i.MX RT1060 reference manual, chapters Clock Controller Module and
/// CCM Analog; chapter DCDC Converter for the core voltage).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/field.hpp"

namespace chip {

struct CcmRegs {
  volatile std::uint32_t CCR;
  const std::uint32_t RESERVED_04;
  const volatile std::uint32_t CSR;
  volatile std::uint32_t CCSR;
  volatile std::uint32_t CACRR;
  volatile std::uint32_t CBCDR;
  volatile std::uint32_t CBCMR;
  volatile std::uint32_t CSCMR1;
  volatile std::uint32_t CSCMR2;
  volatile std::uint32_t CSCDR1;
  volatile std::uint32_t CS1CDR;
  volatile std::uint32_t CS2CDR;
  volatile std::uint32_t CDCDR;
  const std::uint32_t RESERVED_34;
  volatile std::uint32_t CSCDR2;
  volatile std::uint32_t CSCDR3;
  const std::uint32_t RESERVED_40[2];
  const volatile std::uint32_t CDHIPR;
  const std::uint32_t RESERVED_4C[2];
  volatile std::uint32_t CLPCR;
  const std::uint32_t RESERVED_58[4];
  volatile std::uint32_t CCGR[8];
};
static_assert(offsetof(CcmRegs, CSCDR2) == 0x38 && offsetof(CcmRegs, CDHIPR) == 0x48);
static_assert(offsetof(CcmRegs, CLPCR) == 0x54 && offsetof(CcmRegs, CCGR) == 0x68);

namespace ccm {
namespace cacrr {
using ArmPodf = Field<0, 3>;
}
namespace cbcdr {
using IpgPodf = Field<8, 2>;
using AhbPodf = Field<10, 3>;
using PeriphClkSel = Field<25>;  // 0 PRE_PERIPH_CLK, 1 PERIPH_CLK2
using PeriphClk2Podf = Field<27, 3>;
}  // namespace cbcdr
namespace cbcmr {
using LpspiClkSel = Field<4, 2>;       // 2 = PLL2
using PeriphClk2Sel = Field<12, 2>;    // 1 = 24 MHz oscillator
using PrePeriphClkSel = Field<18, 2>;  // 3 = PLL1 behind ARM_PODF
using LpspiPodf = Field<26, 3>;
}  // namespace cbcmr
namespace cscmr1 {
using PerclkPodf = Field<0, 6>;
using PerclkClkSel = Field<6>;  // 1 = 24 MHz oscillator
}  // namespace cscmr1
namespace cscdr1 {
using UartClkPodf = Field<0, 6>;
using UartClkSel = Field<6>;  // 1 = 24 MHz oscillator
}  // namespace cscdr1
namespace cscdr2 {
using Lpi2cClkSel = Field<18>;  // 1 = 24 MHz oscillator
using Lpi2cClkPodf = Field<19, 6>;
}  // namespace cscdr2
namespace clpcr {
using Lpm = Field<0, 2>;  // 0 = WFI leaves the clocks running
}
}  // namespace ccm

/// A PLL control register with its SET, CLR and TOG aliases.
struct SetClearToggle {
  volatile std::uint32_t VALUE;
  volatile std::uint32_t SET;
  volatile std::uint32_t CLR;
  volatile std::uint32_t TOG;
};

struct CcmAnalogRegs {
  SetClearToggle PLL_ARM;
  SetClearToggle PLL_USB1;
  SetClearToggle PLL_USB2;
  SetClearToggle PLL_SYS;
};
static_assert(offsetof(CcmAnalogRegs, PLL_SYS) == 0x30);

namespace ccm_analog::pll {
using ArmDivSelect = Field<0, 7>;  // output = 24 MHz * DIV_SELECT / 2, 54..108
using SysDivSelect = Field<0>;     // 1 = 24 MHz * 22 = 528 MHz
using Powerdown = Field<12>;
using Enable = Field<13>;
using BypassClkSrc = Field<14, 2>;
using Bypass = Field<16>;
using Lock = Field<31>;
}  // namespace ccm_analog::pll

struct DcdcRegs {
  volatile std::uint32_t REG0;
  volatile std::uint32_t REG1;
  volatile std::uint32_t REG2;
  volatile std::uint32_t REG3;
};
static_assert(offsetof(DcdcRegs, REG3) == 0x0C);

namespace dcdc {
namespace reg0 {
using StsDcOk = Field<31>;
}
namespace reg3 {
using Trg = Field<0, 5>;  // 0.8 V + 25 mV * TRG
}
}  // namespace dcdc
}  // namespace chip
