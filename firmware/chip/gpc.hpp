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
  const volatile std::uint32_t ISR5;
  const std::uint32_t RESERVED_3C[121];
  volatile std::uint32_t MEGA_CTRL;  // PGC: a 1 takes the domain's power in STOP
  const std::uint32_t RESERVED_224[31];
  volatile std::uint32_t CPU_CTRL;
};
static_assert(offsetof(GpcRegs, IMR) == 0x08 && offsetof(GpcRegs, IMR5) == 0x34);
static_assert(offsetof(GpcRegs, MEGA_CTRL) == 0x220 && offsetof(GpcRegs, CPU_CTRL) == 0x2A0);

}  // namespace chip
