/// \file
/// Registers of the Cortex-M7 itself (Armv7-M Architecture Reference Manual, part B: SysTick, NVIC,
/// System Control Block, MPU, DWT; Cortex-M7 Technical Reference Manual, chapter 4).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/field.hpp"

namespace chip {

struct SystickRegs {
  volatile std::uint32_t CSR;
  volatile std::uint32_t RVR;
  volatile std::uint32_t CVR;
  const volatile std::uint32_t CALIB;
};
static_assert(sizeof(SystickRegs) == 0x10);

namespace systick {
namespace csr {
using Enable = Field<0>;
using Tickint = Field<1>;
using Clksource = Field<2>;  // 1 = core clock
}  // namespace csr
namespace rvr {
using Reload = Field<0, 24>;
}
}  // namespace systick

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

struct ScbRegs {
  const volatile std::uint32_t CPUID;
  volatile std::uint32_t ICSR;
  volatile std::uint32_t VTOR;
  volatile std::uint32_t AIRCR;
  volatile std::uint32_t SCR;
  volatile std::uint32_t CCR;
  volatile std::uint8_t SHPR[12];
  volatile std::uint32_t SHCSR;
  volatile std::uint32_t CFSR;
  volatile std::uint32_t HFSR;
  volatile std::uint32_t DFSR;
  volatile std::uint32_t MMFAR;
  volatile std::uint32_t BFAR;
  volatile std::uint32_t AFSR;
  const std::uint32_t RESERVED_40[14];
  const volatile std::uint32_t CLIDR;
  const volatile std::uint32_t CTR;
  const volatile std::uint32_t CCSIDR;
  volatile std::uint32_t CSSELR;
  volatile std::uint32_t CPACR;
};
static_assert(offsetof(ScbRegs, SHCSR) == 0x24 && offsetof(ScbRegs, AFSR) == 0x3C);
static_assert(offsetof(ScbRegs, CCSIDR) == 0x80 && offsetof(ScbRegs, CPACR) == 0x88);

namespace scb {
namespace aircr {
constexpr std::uint32_t kKey = 0x05FA'0000;
using Sysresetreq = Field<2>;
}  // namespace aircr
namespace ccr {
using Div0Trp = Field<4>;
using Dc = Field<16>;
using Ic = Field<17>;
}  // namespace ccr
namespace shcsr {
using Memfaultena = Field<16>;
using Busfaultena = Field<17>;
using Usgfaultena = Field<18>;
}  // namespace shcsr
namespace ccsidr {
using Associativity = Field<3, 10>;  // ways minus one
using NumSets = Field<13, 15>;       // sets minus one
}  // namespace ccsidr
constexpr std::uint32_t kCpacrFullFpu = 0x00F0'0000;
}  // namespace scb

struct MpuRegs {
  const volatile std::uint32_t TYPE;
  volatile std::uint32_t CTRL;
  volatile std::uint32_t RNR;
  volatile std::uint32_t RBAR;
  volatile std::uint32_t RASR;
};
static_assert(sizeof(MpuRegs) == 0x14);

namespace mpu {
namespace type {
using Dregion = Field<8, 8>;
}
namespace ctrl {
using Enable = Field<0>;
using Hfnmiena = Field<1>;
using Privdefena = Field<2>;
}  // namespace ctrl
namespace rasr {
using Enable = Field<0>;
using Size = Field<1, 5>;  // 2^(SIZE + 1) bytes
using Srd = Field<8, 8>;
using B = Field<16>;
using C = Field<17>;
using S = Field<18>;
using Tex = Field<19, 3>;
using Ap = Field<24, 3>;
using Xn = Field<28>;
}  // namespace rasr
}  // namespace mpu

/// Cache maintenance, from ICIALLU at 0xE000EF50 on; write only.
struct CacheRegs {
  volatile std::uint32_t ICIALLU;
  const std::uint32_t RESERVED_04;
  volatile std::uint32_t ICIMVAU;
  volatile std::uint32_t DCIMVAC;
  volatile std::uint32_t DCISW;
};
static_assert(offsetof(CacheRegs, DCISW) == 0x10);

namespace cache::dcisw {
using Set = Field<5, 9>;
using Way = Field<30, 2>;
}  // namespace cache::dcisw

struct DwtRegs {
  volatile std::uint32_t CTRL;
  volatile std::uint32_t CYCCNT;
  const std::uint32_t RESERVED_008[0x3EA];
  volatile std::uint32_t LAR;
};
static_assert(offsetof(DwtRegs, LAR) == 0xFB0);

namespace dwt {
constexpr std::uint32_t kLarKey = 0xC5AC'CE55;
namespace ctrl {
using Cyccntena = Field<0>;
}
}  // namespace dwt

/// DHCSR, DCRSR, DCRDR, DEMCR from 0xE000EDF0 on.
struct DebugRegs {
  volatile std::uint32_t DHCSR;
  volatile std::uint32_t DCRSR;
  volatile std::uint32_t DCRDR;
  volatile std::uint32_t DEMCR;
};

namespace debug::demcr {
using Trcena = Field<24>;
}

}  // namespace chip
