/// \file
/// Watchdog registers (i.MX RT1060 reference manual, chapters Watchdog Timer WDOG1-2 and RTWDOG,
/// the SDK's WDOG3).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace wdog {
constexpr std::uint16_t kService1 = 0x5555;
constexpr std::uint16_t kService2 = 0xAAAA;
struct Wcr {
  using Wdzst = Field<Wcr, 0>;  // stands still in STOP
  using Wdbg = Field<Wcr, 1>;   // stands still while a debugger halts the core
  using Wde = Field<Wcr, 2>;    // set once, never cleared
  using Wda = Field<Wcr, 4>;    // 0 asserts WDOG_B
  using Srs = Field<Wcr, 5>;    // 0 resets the chip
  using Wt = Field<Wcr, 8, 8>;  // (WT + 1) * 0.5 s
};
struct Wmcr {
  using Pde = Field<Wmcr, 0>;
};
}  // namespace wdog

struct WdogRegs {
  Register<wdog::Wcr, std::uint16_t> WCR;
  volatile std::uint16_t WSR;
  const volatile std::uint16_t WRSR;
  volatile std::uint16_t WICR;
  Register<wdog::Wmcr, std::uint16_t> WMCR;
};
static_assert(offsetof(WdogRegs, WMCR) == 8 && sizeof(WdogRegs) == 10);

namespace rtwdog {
constexpr std::uint32_t kUnlock = 0xD928'C520;
struct Cs {
  using Update = Field<Cs, 5>;
  using En = Field<Cs, 7>;
};
}  // namespace rtwdog

struct RtwdogRegs {
  Register<rtwdog::Cs> CS;
  volatile std::uint32_t CNT;
  volatile std::uint32_t TOVAL;
  volatile std::uint32_t WIN;
};
static_assert(offsetof(RtwdogRegs, WIN) == 0x0C);
}  // namespace chip
