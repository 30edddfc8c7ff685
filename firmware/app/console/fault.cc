/// \file
/// The end of every mistake: one `fatal` event, then a reset.

#include <cstdint>
#include <string_view>

#include "app/console/json_line.hpp"
#include "board.hpp"
#include "chip/assert.hpp"
#include "chip/peripherals.hpp"
#include "drivers/cpu.hpp"
#include "start/symbols.hpp"

namespace {

using chip::scb::Cfsr;
constexpr chip::Value<Cfsr> kStackingErrors = Cfsr::Mstkerr::kMask | Cfsr::Stkerr::kMask;
constexpr std::size_t kFrameBytes = 32;
constexpr std::size_t kPc = 6;
constexpr std::size_t kLr = 5;

std::string_view NameOfException(std::uint32_t number) {
  switch (number) {
    case 2:
      return "nmi";
    case 3:
      return "hard";
    case 4:
      return "mem";
    case 5:
      return "bus";
    case 6:
      return "usage";
    default:
      return "interrupt";  // one that nothing here enables
  }
}

[[noreturn]] void PrintAndReset(std::string_view fault, std::uint32_t pc, std::uint32_t lr,
                                const char* file = nullptr, int line_number = 0) {
  drivers::DisableInterrupts();
  app::JsonLine line("fatal");
  line.Text("fault", fault)
      .Hex("pc", pc, 8, "0x")
      .Hex("lr", lr, 8, "0x")
      .Hex("cfsr", SCB.CFSR.Word(), 8, "0x")
      .Hex("hfsr", SCB.HFSR, 8, "0x")
      .Hex("mmfar", SCB.MMFAR, 8, "0x")
      .Hex("bfar", SCB.BFAR, 8, "0x")
      .Number("reset_count", board::resets.Count());
  if (file != nullptr) {
    line.Text("file", file).Number("line", line_number);
  }
  const std::string_view text = line.Finish();
  board::console.WritePolled(text.data(), text.size());
  board::Reset();
}

}  // namespace

void AssertFailed(const char* file, int line) {
  const auto caller = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  PrintAndReset("assert", static_cast<std::uint32_t>(caller), 0, file, line);
}

extern "C" {

/// A stack of its own: the one in use may be what overflowed.
[[gnu::used, gnu::aligned(8)]] std::uint8_t fault_stack[2048];

[[noreturn, gnu::used]] void HandleFault(const std::uint32_t* frame, std::uint32_t exception) {
  const auto address = reinterpret_cast<std::uintptr_t>(frame);
  const bool readable = (SCB.CFSR & kStackingErrors).Word() == 0 &&
                        address >= reinterpret_cast<std::uintptr_t>(&stack_bottom) &&
                        address <= reinterpret_cast<std::uintptr_t>(&stack_top) - kFrameBytes;
  PrintAndReset(NameOfException(exception), readable ? frame[kPc] : 0, readable ? frame[kLr] : 0);
}

[[gnu::naked, noreturn]] void FaultEntry() {
  __asm volatile(
      "mrs   r0, msp           \n"  // only the main stack is used
      "mrs   r1, ipsr          \n"
      "ldr   r2, =fault_stack  \n"
      "add   r2, r2, #2048     \n"
      "msr   msp, r2           \n"
      "b     HandleFault       \n"
      ".ltorg                  \n");
}

}  // extern "C"
