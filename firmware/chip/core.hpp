/// \file
/// Registers of the Cortex-M7 itself (Armv7-M Architecture Reference Manual, part B: SysTick, NVIC,
/// System Control Block, MPU, DWT; Cortex-M7 Technical Reference Manual, chapter 4).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace systick {
struct Csr {
  using Enable = Field<Csr, 0>;
  using Tickint = Field<Csr, 1>;
  using Clksource = Field<Csr, 2>;  // 1 = core clock
};
struct Rvr {
  using Reload = Field<Rvr, 0, 24>;
};
}  // namespace systick

struct SystickRegs {
  Register<systick::Csr> CSR;
  Register<systick::Rvr> RVR;
  volatile std::uint32_t CVR;
  const volatile std::uint32_t CALIB;
};
static_assert(sizeof(SystickRegs) == 0x10);

struct NvicRegs {
  volatile std::uint32_t ISER[8];
  const std::uint32_t RESERVED_020[24];
  volatile std::uint32_t ICER[8];
  const std::uint32_t RESERVED_0A0[24];
  volatile std::uint32_t ISPR[8];
  const std::uint32_t RESERVED_120[24];
  volatile std::uint32_t ICPR[8];
  const std::uint32_t RESERVED_1A0[88];
  volatile std::uint8_t IPR[240];
};
static_assert(offsetof(NvicRegs, ICER) == 0x80 && offsetof(NvicRegs, IPR) == 0x300);

namespace scb {
struct Icsr {
  using Pendstclr = Field<Icsr, 25>;
  using Pendsvclr = Field<Icsr, 27>;
};
struct Aircr {
  static constexpr Value<Aircr> kKey = Value<Aircr>(0x05FA'0000);
  using Sysresetreq = Field<Aircr, 2>;
};
struct Ccr {
  using Div0Trp = Field<Ccr, 4>;
  using Dc = Field<Ccr, 16>;
  using Ic = Field<Ccr, 17>;
};
struct Shcsr {
  using Memfaultena = Field<Shcsr, 16>;
  using Busfaultena = Field<Shcsr, 17>;
  using Usgfaultena = Field<Shcsr, 18>;
};
struct Ccsidr {
  using Associativity = Field<Ccsidr, 3, 10>;  // ways minus one
  using NumSets = Field<Ccsidr, 13, 15>;       // sets minus one
};
struct Cfsr {
  using Mstkerr = Field<Cfsr, 4>;
  using Stkerr = Field<Cfsr, 12>;
};
struct Cpacr {
  using Cp10 = Field<Cpacr, 20, 2>;  // the FPU; 3 = full access
  using Cp11 = Field<Cpacr, 22, 2>;  // the same as CP10
};
}  // namespace scb

struct ScbRegs {
  const volatile std::uint32_t CPUID;
  Register<scb::Icsr> ICSR;
  volatile std::uint32_t VTOR;
  Register<scb::Aircr> AIRCR;
  volatile std::uint32_t SCR;
  Register<scb::Ccr> CCR;
  volatile std::uint8_t SHPR[12];
  Register<scb::Shcsr> SHCSR;
  Register<scb::Cfsr> CFSR;
  volatile std::uint32_t HFSR;
  volatile std::uint32_t DFSR;
  volatile std::uint32_t MMFAR;
  volatile std::uint32_t BFAR;
  volatile std::uint32_t AFSR;
  const std::uint32_t RESERVED_40[14];
  const volatile std::uint32_t CLIDR;
  const volatile std::uint32_t CTR;
  const Register<scb::Ccsidr> CCSIDR;
  volatile std::uint32_t CSSELR;
  Register<scb::Cpacr> CPACR;
};
static_assert(offsetof(ScbRegs, SHCSR) == 0x24 && offsetof(ScbRegs, AFSR) == 0x3C);
static_assert(offsetof(ScbRegs, CCSIDR) == 0x80 && offsetof(ScbRegs, CPACR) == 0x88);

namespace mpu {
struct Type {
  using Dregion = Field<Type, 8, 8>;
};
struct Ctrl {
  using Enable = Field<Ctrl, 0>;
  using Hfnmiena = Field<Ctrl, 1>;
  using Privdefena = Field<Ctrl, 2>;
};
struct Rasr {
  using Enable = Field<Rasr, 0>;
  using Size = Field<Rasr, 1, 5>;  // 2^(SIZE + 1) bytes
  using Srd = Field<Rasr, 8, 8>;
  using B = Field<Rasr, 16>;
  using C = Field<Rasr, 17>;
  using S = Field<Rasr, 18>;
  using Tex = Field<Rasr, 19, 3>;
  using Ap = Field<Rasr, 24, 3>;
  using Xn = Field<Rasr, 28>;
};
}  // namespace mpu

struct MpuRegs {
  const Register<mpu::Type> TYPE;
  Register<mpu::Ctrl> CTRL;
  volatile std::uint32_t RNR;
  volatile std::uint32_t RBAR;
  Register<mpu::Rasr> RASR;
};
static_assert(sizeof(MpuRegs) == 0x14);

namespace cache {
struct Dcisw {
  using Set = Field<Dcisw, 5, 9>;
  using Way = Field<Dcisw, 30, 2>;
};
}  // namespace cache

/// Cache maintenance, from ICIALLU at 0xE000EF50 on; write only.
struct CacheRegs {
  volatile std::uint32_t ICIALLU;
  const std::uint32_t RESERVED_04;
  volatile std::uint32_t ICIMVAU;
  volatile std::uint32_t DCIMVAC;
  Register<cache::Dcisw> DCISW;
};
static_assert(offsetof(CacheRegs, DCISW) == 0x10);

namespace dwt {
constexpr std::uint32_t kLarKey = 0xC5AC'CE55;
struct Ctrl {
  using Cyccntena = Field<Ctrl, 0>;
};
}  // namespace dwt

struct DwtRegs {
  Register<dwt::Ctrl> CTRL;
  volatile std::uint32_t CYCCNT;
  const std::uint32_t RESERVED_008[0x3EA];
  volatile std::uint32_t LAR;
};
static_assert(offsetof(DwtRegs, LAR) == 0xFB0);

namespace debug {
struct Demcr {
  using Trcena = Field<Demcr, 24>;
};
}  // namespace debug

/// DHCSR, DCRSR, DCRDR, DEMCR from 0xE000EDF0 on.
struct DebugRegs {
  volatile std::uint32_t DHCSR;
  volatile std::uint32_t DCRSR;
  volatile std::uint32_t DCRDR;
  Register<debug::Demcr> DEMCR;
};

}  // namespace chip
