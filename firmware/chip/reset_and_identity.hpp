/// \file
/// Reset status, retained words and fuses (i.MX RT1060 reference manual, chapters System Reset
/// Controller, Secure Non-Volatile Storage, On-Chip OTP Controller).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace src {
struct Srsr {  // W1C
  using IppResetB = Field<Srsr, 0>;
  using LockupSysresetreq = Field<Srsr, 1>;
  using CsuResetB = Field<Srsr, 2>;
  using IppUserResetB = Field<Srsr, 3>;
  using WdogRstB = Field<Srsr, 4>;
  using Wdog3RstB = Field<Srsr, 7>;
};
}  // namespace src

struct SrcRegs {
  volatile std::uint32_t SCR;
  const volatile std::uint32_t SBMR1;
  Register<src::Srsr> SRSR;
};
static_assert(offsetof(SrcRegs, SRSR) == 0x08);

namespace snvs {
struct Lpcr {
  using SrtcEnv = Field<Lpcr, 0>;
  using LptaEn = Field<Lpcr, 1>;
  using LpwuiEn = Field<Lpcr, 3>;  // the alarm switches the supply on
  using DpEn = Field<Lpcr, 5>;
  using Top = Field<Lpcr, 6>;  // switches the supply off
};
struct Lpsr {  // W1C
  using Lpta = Field<Lpsr, 0>;
  using Pgd = Field<Lpsr, 3>;
};
/// What LPPGDR must hold for the power glitch detector to be content.
constexpr std::uint32_t kPowerIsGood = 0x4173'6166;
}  // namespace snvs

struct SnvsRegs {
  const std::uint32_t RESERVED_00[14];
  Register<snvs::Lpcr> LPCR;
  const std::uint32_t RESERVED_3C[4];
  Register<snvs::Lpsr> LPSR;
  volatile std::uint32_t LPSRTCMR;  // the upper 15 of 47 bits at 32.768 kHz
  volatile std::uint32_t LPSRTCLR;
  volatile std::uint32_t LPTAR;  // compared with its whole seconds
  const std::uint32_t RESERVED_5C[2];
  volatile std::uint32_t LPPGDR;
  const std::uint32_t RESERVED_68[38];
  volatile std::uint32_t LPGPR[8];
};
static_assert(offsetof(SnvsRegs, LPCR) == 0x38 && offsetof(SnvsRegs, LPTAR) == 0x58);
static_assert(offsetof(SnvsRegs, LPSR) == 0x4C && offsetof(SnvsRegs, LPPGDR) == 0x64);
static_assert(offsetof(SnvsRegs, LPGPR) == 0x100);

struct OcotpRegs {
  volatile std::uint32_t CTRL;
  const std::uint32_t RESERVED_04[0x103];
  const volatile std::uint32_t CFG0;
  const std::uint32_t RESERVED_414[3];
  const volatile std::uint32_t CFG1;
};
static_assert(offsetof(OcotpRegs, CFG0) == 0x410 && offsetof(OcotpRegs, CFG1) == 0x420);

}  // namespace chip
