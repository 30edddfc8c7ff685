/// \file
/// The vector table, at the head of the flash image's code; it stays there. A board fills it with
/// the handlers of what it uses.
#pragma once

#include "chip/interrupts.hpp"
#include "start/symbols.hpp"

extern "C" {
void ResetHandler();
void FaultEntry();
}

namespace start {

using Handler = void (*)();

struct VectorTable {
  const void* initial_stack;
  Handler exceptions[15];
  Handler interrupts[chip::kExternalInterrupts];
};

constexpr unsigned kSysTick = 14;  // in `exceptions`, where the reset is 0

/// Reset, and a fault for everything else: an interrupt that nobody enabled is one, too.
constexpr VectorTable MakeVectors() {
  VectorTable table = {&stack_top, {}, {}};
  for (Handler& handler : table.exceptions) {
    handler = FaultEntry;
  }
  for (Handler& handler : table.interrupts) {
    handler = FaultEntry;
  }
  table.exceptions[0] = ResetHandler;
  return table;
}

}  // namespace start
