/// \file
/// From the boot ROM to main(). The order is the point: FlexRAM before any stack, tables and
/// watchdogs before any wait, memory contents before any C++ object, MPU and caches at the end.

#include <cstdint>

#include "chip/interrupts.hpp"
#include "chip/peripherals.hpp"
#include "drivers/cpu.hpp"
#include "drivers/wdog.hpp"
#include "start/protection.hpp"
#include "start/symbols.hpp"

int main();

extern "C" {

using Constructor = void (*)();
extern const Constructor init_array_start[];
extern const Constructor init_array_end[];

namespace {

/// A plain loop: memcpy may lie in memory that is not filled yet.
void Copy(const std::uint32_t* from, std::uint32_t* to, const std::uint32_t* end) {
  while (to < end) {
    *to++ = *from++;
  }
}

void Clear(std::uint32_t* from, const std::uint32_t* end) {
  while (from < end) {
    *from++ = 0;
  }
}

/// What a boot loader or a debugger left enabled or pending has no handler here.
void ClearInterrupts() {
  for (unsigned word = 0; word < chip::kInterruptWords; ++word) {
    NVIC.ICER[word] = 0xFFFF'FFFF;
    NVIC.ICPR[word] = 0xFFFF'FFFF;
  }
  SCB.ICSR = chip::scb::Icsr::Pendsvclr::kMask | chip::scb::Icsr::Pendstclr::kMask;
}

}  // namespace

[[noreturn, gnu::used]] void StartUp() {
  using chip::scb::Cpacr;
  SCB.VTOR = reinterpret_cast<std::uintptr_t>(&vector_table);
  SCB.CPACR = SCB.CPACR | Cpacr::Cp10::Put(3) | Cpacr::Cp11::Put(3);
  drivers::InstructionBarrier();

  // The boot ROM may leave these running.
  drivers::StopPowerDownCounter(WDOG1);
  drivers::StopPowerDownCounter(WDOG2);
  drivers::StopRtwdog(RTWDOG);
  SYSTICK.CSR = 0;
  ClearInterrupts();

  Copy(itcm_load, itcm_start, itcm_end);
  Copy(data_load, data_start, data_end);
  Clear(bss_start, bss_end);
  drivers::InstructionBarrier();

  board::ProtectMemory();
  for (const Constructor* call = init_array_start; call < init_array_end; ++call) {
    (*call)();
  }
  drivers::EnableInterrupts();
  main();
  for (;;) {
    drivers::WaitForInterrupt();  // main() does not return; the watchdog would end this
  }
}

/// FlexRAM first: 4 banks ITCM, 12 banks DTCM (GPR17), both windows at their full size (GPR14), and
/// only then taken into use (GPR16). No stack before: the ROM's lies in what is split anew here.
[[gnu::naked, gnu::section(".text.reset"), noreturn]] void ResetHandler() {
  __asm volatile(
      "cpsid i                 \n"
      "ldr   r0, =IOMUXC_GPR   \n"
      "ldr   r1, =0xAAAAAAFF   \n"
      "str   r1, [r0, #0x44]   \n"  // GPR17: FLEXRAM_BANK_CFG
      "ldr   r1, [r0, #0x40]   \n"
      "orr   r1, r1, #7        \n"  // GPR16: FLEXRAM_BANK_CFG_SEL, INIT_DTCM_EN, INIT_ITCM_EN
      "str   r1, [r0, #0x40]   \n"
      "ldr   r1, [r0, #0x38]   \n"
      "bic   r1, r1, #0xFF0000 \n"
      "orr   r1, r1, #0xAA0000 \n"  // GPR14: CM7_CFGDTCMSZ, CM7_CFGITCMSZ = 512 KB
      "str   r1, [r0, #0x38]   \n"
      "dsb                     \n"
      "isb                     \n"
      "movs  r0, #0            \n"
      "msr   control, r0       \n"
      "isb                     \n"
      "ldr   sp, =stack_top    \n"
      "b     StartUp           \n"
      ".ltorg                  \n");
}

}  // extern "C"
