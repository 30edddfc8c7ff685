/// \file
/// General power controller registers (i.MX RT1060 reference manual, chapter General Power
/// Controller): which interrupts end a low-power mode.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chip {

struct GpcRegs {
  volatile std::uint32_t CNTR;
  const std::uint32_t RESERVED_04;
  volatile std::uint32_t IMR[4];  // a 1 masks: interrupts 0 to 127
  const volatile std::uint32_t ISR[4];
  const std::uint32_t RESERVED_28[3];
  volatile std::uint32_t IMR5;  // 128 to 159
};
static_assert(offsetof(GpcRegs, IMR) == 0x08 && offsetof(GpcRegs, IMR5) == 0x34);

}  // namespace chip
