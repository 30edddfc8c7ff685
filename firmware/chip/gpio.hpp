/// \file
/// GPIO registers (i.MX RT1060 reference manual, chapter General Purpose Input/Output).
#pragma once

#include <cstddef>
#include <cstdint>

namespace chip {

struct GpioRegs {
  volatile std::uint32_t DR;
  volatile std::uint32_t GDIR;
  const volatile std::uint32_t PSR;
  volatile std::uint32_t ICR1;
  volatile std::uint32_t ICR2;
  volatile std::uint32_t IMR;
  volatile std::uint32_t ISR;
  volatile std::uint32_t EDGE_SEL;
};
static_assert(offsetof(GpioRegs, EDGE_SEL) == 0x1C && sizeof(GpioRegs) == 0x20);

}  // namespace chip
