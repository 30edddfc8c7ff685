// What the re-enacted start-ups have in common. Registers by address, from the reference manual's
// chapters CCM, XTALOSC24M, DCDC, LPUART and the ARMv7-M manual; the steps are public (SDK, Teensy
// core, Zephyr), the code is not theirs.
#pragma once
#include "image.h"

#define CCM(offset) R(0x400FC000u + (offset))
#define ANALOG(offset) R(0x400D8000u + (offset))
#define DCDC(offset) R(0x40080000u + (offset))
#define GPR(number) R(0x400AC000u + 4u * (number))
#define IOMUXC(offset) R(0x401F8000u + (offset))
#define SCS(offset) R(0xE000E000u + (offset))
enum { CCSR = 0x0C, CACRR = 0x10, CBCDR = 0x14, CBCMR = 0x18, CSCMR1 = 0x1C, CSCMR2 = 0x20 };
enum { CSCDR1 = 0x24, CS1CDR = 0x28, CS2CDR = 0x2C, CDCDR = 0x30, CSCDR2 = 0x38, CSCDR3 = 0x3C };
enum { CDHIPR = 0x48, CLPCR = 0x54, CCOSR = 0x60, CCGR0 = 0x68 };
enum { PLL_ARM = 0x00, PLL_USB1 = 0x10, PLL_SYS = 0x30, PFD_480 = 0xF0, PFD_528 = 0x100 };
enum { SET = 4, CLR = 8 };  // behind the registers of CCM_ANALOG

static inline void barrier(void) { __asm volatile("dsb\nisb" ::: "memory"); }

// A clock root's multiplexer or divider; `busy`: its bit of CDHIPR, or 0.
static inline void root(uint32_t reg, uint32_t shift, uint32_t bits, uint32_t value, uint32_t busy) {
  uint32_t mask = ((1u << bits) - 1) << shift;
  CCM(reg) = (CCM(reg) & ~mask) | value << shift;
  while (CCM(CDHIPR) & busy) {
  }
}
static inline void gate(uint32_t number, uint32_t place, uint32_t value) {
  CCM(CCGR0 + 4 * number) = (CCM(CCGR0 + 4 * number) & ~(3u << 2 * place)) | value << 2 * place;
}
enum { AHB_BUSY = 1 << 1, PERIPH2_BUSY = 1 << 3, PERIPH_BUSY = 1 << 5, ARM_BUSY = 1 << 16 };

static inline void core_voltage(uint32_t target) {
  DCDC(0x0C) = (DCDC(0x0C) & ~0x1Fu) | target;
  while (!(DCDC(0x00) & 1u << 31)) {
  }
}

static inline void say(uint32_t uart, const char* s) {
  for (; *s; ++s) {
    while (!(R(uart + 0x14) & 1u << 23)) {
    }
    R(uart + 0x1C) = (uint8_t)*s;
  }
}
static inline void uart_start(uint32_t uart, uint32_t divider) {
  R(uart + 0x08) = 2;
  R(uart + 0x08) = 0;
  R(uart + 0x10) = 15u << 24 | divider;
  R(uart + 0x28) |= 0x88;  // FIFOs
  R(uart + 0x18) = 3u << 18;
}

// Code that runs from ITCM, from its 33rd byte on: the linker script's .ramcode.
extern uint32_t ramcode_start[], ramcode_words[];
static inline void load_ramcode(void) {
  uint32_t words = (uint32_t)ramcode_words;
  __asm volatile("" : "+r"(words));  // no symbol lies at 0, a count may be 0
  for (uint32_t i = 0; i < words; ++i) ((volatile uint32_t*)32)[i] = ramcode_start[i];
}

// SystemInit of the CMSIS device files: FPU, watchdogs, SysTick, caches.
static inline void system_init(void) {
  SCS(0xD88) |= 0xFu << 20;
  if (*(volatile uint16_t*)0x400B8000u & 4) *(volatile uint16_t*)0x400B8000u &= ~4;
  if (*(volatile uint16_t*)0x400D0000u & 4) *(volatile uint16_t*)0x400D0000u &= ~4;
  if (R(0x400BC000u) & 0x80) {
    R(0x400BC004u) = 0xD928C520u;
    R(0x400BC008u) = 0xFFFF;
    R(0x400BC000u) = (R(0x400BC000u) & ~0x80u) | 0x20;
  }
  if (SCS(0x010) & 1) SCS(0x010) &= ~1u;
}
static inline void caches_on(void) {
  barrier();
  SCS(0xF50) = 0;  // ICIALLU
  barrier();
  SCS(0xD14) |= 3u << 16;  // IC, DC
  barrier();
}
// One region of the MPU: RBAR with its number, RASR.
static inline void region(uint32_t number, uint32_t base, uint32_t attributes, uint32_t log2) {
  SCS(0xD9C) = base | 0x10 | number;
  SCS(0xDA0) = attributes | (log2 - 1) << 1 | 1;
}
