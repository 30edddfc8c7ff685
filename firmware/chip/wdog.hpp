/// \file
/// Watchdog registers (i.MX RT1060 reference manual, chapters Watchdog Timer WDOG1-2 and RTWDOG,
/// the SDK's WDOG3).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/field.hpp"

namespace chip {

struct WdogRegs {
  volatile std::uint16_t WCR;
  volatile std::uint16_t WSR;
  const volatile std::uint16_t WRSR;
  volatile std::uint16_t WICR;
  volatile std::uint16_t WMCR;
};
static_assert(offsetof(WdogRegs, WMCR) == 8 && sizeof(WdogRegs) == 10);

namespace wdog {
constexpr std::uint16_t kService1 = 0x5555;
constexpr std::uint16_t kService2 = 0xAAAA;
namespace wcr {
using Wdbg = Field<1>;   // stands still while a debugger halts the core
using Wde = Field<2>;    // set once, never cleared
using Wda = Field<4>;    // 0 asserts WDOG_B
using Srs = Field<5>;    // 0 resets the chip
using Wt = Field<8, 8>;  // (WT + 1) * 0.5 s
}  // namespace wcr
namespace wmcr {
using Pde = Field<0>;
}
}  // namespace wdog

struct RtwdogRegs {
  volatile std::uint32_t CS;
  volatile std::uint32_t CNT;
  volatile std::uint32_t TOVAL;
  volatile std::uint32_t WIN;
};
static_assert(offsetof(RtwdogRegs, WIN) == 0x0C);

namespace rtwdog {
constexpr std::uint32_t kUnlock = 0xD928'C520;
namespace cs {
using Update = Field<5>;
using En = Field<7>;
}  // namespace cs
}  // namespace rtwdog
}  // namespace chip
