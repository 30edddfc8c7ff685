/// \file
/// Who serves which interrupt.

#include "start/vectors.hpp"

extern "C" {
void SysTickHandler();
void Lpuart1Handler();
void Lpi2c1Handler();
void Gpt1Handler();
}

namespace {

constexpr start::VectorTable MakeTable() {
  start::VectorTable table = start::MakeVectors();
  table.exceptions[start::kSysTick] = SysTickHandler;
  table.interrupts[chip::kLpuart1Irq] = Lpuart1Handler;
  table.interrupts[chip::kLpi2c1Irq] = Lpi2c1Handler;
  table.interrupts[chip::kGpt1Irq] = Gpt1Handler;
  return table;
}

}  // namespace

extern "C" {
[[gnu::section(".vectors")]] extern const start::VectorTable vector_table;
[[gnu::used]] const start::VectorTable vector_table = MakeTable();
}
