/// \file
/// Interrupt numbers that the firmware uses (i.MX RT1060 reference manual, chapter 4, table CM7
/// domain interrupt summary).
#pragma once

namespace chip {

constexpr unsigned kExternalInterrupts = 158;
constexpr unsigned kInterruptWords = (kExternalInterrupts + 31) / 32;  // of the NVIC
constexpr unsigned kLpuart1Irq = 20;
constexpr unsigned kLpi2c1Irq = 28;
constexpr unsigned kGprIrq = 41;  // software's own, by IOMUXC_GPR1.GINT
constexpr unsigned kSnvsLpIrq = 48;
constexpr unsigned kGpt1Irq = 100;

}  // namespace chip
