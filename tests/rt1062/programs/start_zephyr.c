// The steps of a Zephyr image for the EVK with its RAM in SDRAM: the device configuration data set
// SEMC up, reset and SystemInit, FPU and interrupts, caches, MPU, clock_init to 600 MHz, the console,
// and an idle thread in WFI that SysTick wakes.
#define FAULT_HANDLER
#define DCD dcd
#include <stdint.h>

#define BIG(word) __builtin_bswap32(word)
#define PAD(i) BIG(0x401F8014u + 4 * (i)), BIG(i == 39 ? 0x10u : 0u), \
               BIG(0x401F8204u + 4 * (i)), BIG(0x110F9u)
#define FOUR(i) PAD(i), PAD(i + 1), PAD(i + 2), PAD(i + 3)
#define SEMC_WORD(offset, value) BIG(0x402F0000u + (offset)), BIG(value)
#define COMMAND(command) SEMC_WORD(0x90, 0x80000000u), SEMC_WORD(0x9C, 0xA55A0000u | (command))
// Clock gates, SEMC by PLL2 PFD2 / 3, its pads EMC_00 to 39, the SDRAM on chip select 0.
#define WRITES                                                                                  \
  BIG(0x400FC068u), ~0u, BIG(0x400FC06Cu), ~0u, BIG(0x400FC070u), ~0u, BIG(0x400FC074u), ~0u,   \
  BIG(0x400FC078u), ~0u, BIG(0x400FC07Cu), ~0u, BIG(0x400FC080u), ~0u,                          \
  BIG(0x400D8030u), BIG(0x00002001u), BIG(0x400D8100u), BIG(0x001D0000u),                       \
  BIG(0x400FC014u), BIG(0x00010D40u),                                                           \
  FOUR(0), FOUR(4), FOUR(8), FOUR(12), FOUR(16), FOUR(20), FOUR(24), FOUR(28), FOUR(32), FOUR(36), \
  SEMC_WORD(0x00, 0x10000004u), SEMC_WORD(0x08, 0x00030524u), SEMC_WORD(0x0C, 0x06030524u),     \
  SEMC_WORD(0x10, 0x8000001Bu), SEMC_WORD(0x04, 0x7988u), SEMC_WORD(0x40, 0x00000F31u),         \
  SEMC_WORD(0x44, 0x00652922u), SEMC_WORD(0x48, 0x00010920u), SEMC_WORD(0x4C, 0x50210A08u),     \
  SEMC_WORD(0x94, 2), SEMC_WORD(0x98, 0), COMMAND(0xF), COMMAND(0xC), COMMAND(0xC),             \
  SEMC_WORD(0xA0, 0x33), COMMAND(0xA), SEMC_WORD(0x4C, 0x50210A09u)
static const uint32_t writes[] = {WRITES};
enum { BYTES = sizeof writes };
__attribute__((section(".dcd"), used)) const uint32_t dcd[] = {
    0x410000D2u | ((BYTES + 8) >> 8) << 8 | ((BYTES + 8) & 0xFF) << 16,
    0x040000CCu | ((BYTES + 4) >> 8) << 8 | ((BYTES + 4) & 0xFF) << 16, WRITES};

#include "startup.h"

#define UART 0x40184000u
#define SDRAM_TOP 0x82000000u

static volatile uint32_t* const ticks = (volatile uint32_t*)0x80000000u;
void tick_handler(void) { ++*ticks; }
void fault_handler(void) {
  for (;;) {
  }
}
__attribute__((section(".text.table"), used, aligned(1024))) static const void* const table[256] = {
    (void*)SDRAM_TOP, reset_handler, [2 ... 14] = fault_handler, tick_handler,
    [16 ... 255] = fault_handler};

static void interrupts(void) {
  for (uint32_t i = 0; i < 160; ++i) *(volatile uint8_t*)(0xE000E400u + i) = 0x10;
  SCS(0xD1C) = 0, SCS(0xD20) = 0x10000000u | SCS(0xD20);
  *(volatile uint8_t*)0xE000ED18u = 0, *(volatile uint8_t*)0xE000ED19u = 0;
  SCS(0xD24) |= 7u << 16;
  SCS(0xD14) |= 1u << 4;  // DIV_0_TRP
}

static void mpu(void) {
  SCS(0xD94) = 0;
  region(0, 0x60000000u, 2u << 16 | 6u << 24, 23);
  region(1, 0x80000000u, 11u << 16 | 1u << 24 | 1u << 28, 25);
  region(2, 0x00000000u, 6u << 24 | 1u << 19, 17);
  region(3, 0x20000000u, 1u << 24 | 1u << 19 | 1u << 28, 17);
  SCS(0xD94) = 5;
  barrier();
}

static void arm_pll(void) {
  ANALOG(PLL_ARM) = (ANALOG(PLL_ARM) & ~(3u << 14)) | 1u << 16;
  ANALOG(PLL_ARM) = (ANALOG(PLL_ARM) & ~(0x7Fu | 1u << 12)) | 1u << 13 | 100;
  while (!(ANALOG(PLL_ARM) & 1u << 31)) {
  }
  ANALOG(PLL_ARM) &= ~(1u << 16);
}

static void clock_init(void) {
  root(CBCMR, 12, 2, 1, PERIPH2_BUSY);
  root(CBCDR, 25, 1, 1, PERIPH_BUSY);
  core_voltage(0x13);
  arm_pll();
  root(CACRR, 0, 3, 1, ARM_BUSY);
  root(CBCDR, 10, 3, 0, AHB_BUSY);
  root(CBCDR, 8, 2, 3, 0);
  root(CBCMR, 18, 2, 3, 0);
  root(CBCDR, 25, 1, 0, PERIPH_BUSY);
  root(CSCDR1, 6, 1, 0, 0), root(CSCDR1, 0, 6, 0, 0);     // UART: 80 MHz
  root(CSCDR2, 18, 1, 0, 0), root(CSCDR2, 19, 6, 5, 0);   // LPI2C
  root(CSCMR2, 2, 6, 1, 0), root(CSCMR2, 8, 2, 2, 0);     // CAN
  CCM(CLPCR) &= ~3u;                                      // run mode in WFI
}

__attribute__((naked)) void reset_handler(void) {
  __asm volatile(
      "movs r0, #0x20\nmsr basepri, r0\nldr r0, =0x82000000\nmov sp, r0\nb prepare\n.ltorg");
}

__attribute__((used)) void prepare(void) {
  system_init();
  SCS(0xD08) = (uint32_t)table;
  SCS(0xF34) = SCS(0xF34) | 3u << 30;  // FPCCR: lazy stacking
  *ticks = 0;
  interrupts();
  caches_on();
  clock_init();
  mpu();
  gate(4, 1, 3);
  IOMUXC(0xEC) = 2, IOMUXC(0xF0) = 2;
  IOMUXC(0x2DC) = 0x10B0, IOMUXC(0x2E0) = 0x10B0;
  gate(5, 12, 3);
  uart_start(UART, 43);
  SCS(0x014) = 60000 * 100 - 1, SCS(0x018) = 0, SCS(0x010) = 7;
  say(UART, "*** Booting Zephyr-like start-up ***\r\n");
  __asm volatile("msr basepri, %0" ::"r"(0));
  while (*ticks < 3) __asm volatile("cpsid i\nwfi\ncpsie i\nisb");
  say(UART, "uart:~$ ");
  for (;;) __asm volatile("cpsid i\nwfi\ncpsie i\nisb");
}
