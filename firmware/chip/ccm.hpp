/// \file
/// Clock controller registers (i.MX RT1060 reference manual, chapters Clock Controller Module and
/// CCM Analog; chapter DCDC Converter for the core voltage).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace ccm {
struct Cacrr {
  using ArmPodf = Field<Cacrr, 0, 3>;
};
struct Cbcdr {
  using SemcClkSel = Field<Cbcdr, 6>;     // 1 = what SEMC_ALT_CLK_SEL says
  using SemcAltClkSel = Field<Cbcdr, 7>;  // 0 = PFD2 of PLL2
  using IpgPodf = Field<Cbcdr, 8, 2>;
  using AhbPodf = Field<Cbcdr, 10, 3>;
  using SemcPodf = Field<Cbcdr, 16, 3>;
  using PeriphClkSel = Field<Cbcdr, 25>;  // 0 PRE_PERIPH_CLK, 1 PERIPH_CLK2
  using PeriphClk2Podf = Field<Cbcdr, 27, 3>;
};
struct Cbcmr {
  using LpspiClkSel = Field<Cbcmr, 4, 2>;       // 2 = PLL2
  using PeriphClk2Sel = Field<Cbcmr, 12, 2>;    // 1 = 24 MHz oscillator
  using PrePeriphClkSel = Field<Cbcmr, 18, 2>;  // 3 = PLL1 behind ARM_PODF
  using LpspiPodf = Field<Cbcmr, 26, 3>;
};
struct Cscmr1 {
  using PerclkPodf = Field<Cscmr1, 0, 6>;
  using PerclkClkSel = Field<Cscmr1, 6>;  // 1 = 24 MHz oscillator
};
struct Cscdr1 {
  using UartClkPodf = Field<Cscdr1, 0, 6>;
  using UartClkSel = Field<Cscdr1, 6>;  // 1 = 24 MHz oscillator
};
struct Cscdr2 {
  using Lpi2cClkSel = Field<Cscdr2, 18>;  // 1 = 24 MHz oscillator
  using Lpi2cClkPodf = Field<Cscdr2, 19, 6>;
};
struct Clpcr {
  using Lpm = Field<Clpcr, 0, 2>;  // 0 = WFI leaves the clocks running
};
}  // namespace ccm

struct CcmRegs {
  volatile std::uint32_t CCR;
  const std::uint32_t RESERVED_04;
  const volatile std::uint32_t CSR;
  volatile std::uint32_t CCSR;
  Register<ccm::Cacrr> CACRR;
  Register<ccm::Cbcdr> CBCDR;
  Register<ccm::Cbcmr> CBCMR;
  Register<ccm::Cscmr1> CSCMR1;
  volatile std::uint32_t CSCMR2;
  Register<ccm::Cscdr1> CSCDR1;
  volatile std::uint32_t CS1CDR;
  volatile std::uint32_t CS2CDR;
  volatile std::uint32_t CDCDR;
  const std::uint32_t RESERVED_34;
  Register<ccm::Cscdr2> CSCDR2;
  volatile std::uint32_t CSCDR3;
  const std::uint32_t RESERVED_40[2];
  const volatile std::uint32_t CDHIPR;
  const std::uint32_t RESERVED_4C[2];
  Register<ccm::Clpcr> CLPCR;
  const std::uint32_t RESERVED_58[4];
  volatile std::uint32_t CCGR[8];
};
static_assert(offsetof(CcmRegs, CSCDR2) == 0x38 && offsetof(CcmRegs, CDHIPR) == 0x48);
static_assert(offsetof(CcmRegs, CLPCR) == 0x54 && offsetof(CcmRegs, CCGR) == 0x68);

namespace ccm_analog {
/// What the control registers of all PLLs have in common.
template <typename Pll>
struct AnyPll {
  using Powerdown = Field<Pll, 12>;
  using Enable = Field<Pll, 13>;
  using BypassClkSrc = Field<Pll, 14, 2>;
  using Bypass = Field<Pll, 16>;
  using Lock = Field<Pll, 31>;
};
struct PllArm : AnyPll<PllArm> {
  using DivSelect = Field<PllArm, 0, 7>;  // output = 24 MHz * DIV_SELECT / 2, 54..108
};
struct PllUsb1 : AnyPll<PllUsb1> {};
struct PllUsb2 : AnyPll<PllUsb2> {};
struct PllSys : AnyPll<PllSys> {
  using DivSelect = Field<PllSys, 0>;  // 1 = 24 MHz * 22 = 528 MHz
};
struct Pfd528 {
  using Pfd2Frac = Field<Pfd528, 16, 6>;  // output = PLL2 * 18 / PFD2_FRAC, 12..35
  using Pfd2Clkgate = Field<Pfd528, 23>;  // 1 = off
};
}  // namespace ccm_analog

/// A register with its SET, CLR and TOG aliases.
template <typename Of>
struct SetClearToggle {
  Register<Of> VALUE;
  Register<Of> SET;
  Register<Of> CLR;
  Register<Of> TOG;
};

struct CcmAnalogRegs {
  SetClearToggle<ccm_analog::PllArm> PLL_ARM;
  SetClearToggle<ccm_analog::PllUsb1> PLL_USB1;
  SetClearToggle<ccm_analog::PllUsb2> PLL_USB2;
  SetClearToggle<ccm_analog::PllSys> PLL_SYS;
  const std::uint32_t RESERVED_40[48];
  SetClearToggle<ccm_analog::Pfd528> PFD_528;
};
static_assert(offsetof(CcmAnalogRegs, PLL_SYS) == 0x30);
static_assert(offsetof(CcmAnalogRegs, PFD_528) == 0x100);

namespace dcdc {
struct Reg0 {
  using StsDcOk = Field<Reg0, 31>;
};
struct Reg3 {
  using Trg = Field<Reg3, 0, 5>;  // 0.8 V + 25 mV * TRG
};
}  // namespace dcdc

struct DcdcRegs {
  Register<dcdc::Reg0> REG0;
  volatile std::uint32_t REG1;
  volatile std::uint32_t REG2;
  Register<dcdc::Reg3> REG3;
};
static_assert(offsetof(DcdcRegs, REG3) == 0x0C);
}  // namespace chip
