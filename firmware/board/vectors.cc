/// \file
/// The vector table, at the head of the flash image's code; it stays there.

#include <cstddef>

#include "board/boot_symbols.hpp"
#include "chip/interrupts.hpp"

extern "C" {
void ResetHandler();
void FaultEntry();
void SysTickHandler();
void Lpuart1Handler();
void Lpi2c1Handler();
}

namespace board {

using Handler = void (*)();

struct VectorTable {
  const void* initial_stack;
  Handler exceptions[15];
  Handler interrupts[chip::kExternalInterrupts];
};

namespace {

constexpr VectorTable MakeTable() {
  VectorTable table = {&stack_top, {}, {}};
  for (Handler& handler : table.exceptions) {
    handler = FaultEntry;
  }
  for (Handler& handler : table.interrupts) {
    handler = FaultEntry;  // an interrupt that nobody enabled is a fault too
  }
  table.exceptions[0] = ResetHandler;
  table.exceptions[14] = SysTickHandler;
  table.interrupts[chip::kLpuart1Irq] = Lpuart1Handler;
  table.interrupts[chip::kLpi2c1Irq] = Lpi2c1Handler;
  return table;
}

}  // namespace
}  // namespace board

extern "C" {
[[gnu::section(".vectors")]] extern const board::VectorTable vector_table;
[[gnu::used]] const board::VectorTable vector_table = board::MakeTable();
}
