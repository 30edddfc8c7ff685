// The steps of an SDK program on the EVK that runs from its flash: SystemInit, BOARD_ConfigMPU,
// pins, BOARD_BootClockRUN (600 MHz), the debug console, SysTick.
#define FAULT_HANDLER
#include "startup.h"

#define UART 0x40184000u

static volatile uint32_t ticks;
void tick_handler(void) { ++ticks; }
void fault_handler(void) {
  for (;;) {
  }
}
__attribute__((section(".text.table"), used, aligned(1024))) static const void* const table[256] = {
    &stack_top, reset_handler, [2 ... 14] = fault_handler, tick_handler,
    [16 ... 255] = fault_handler};

static void mpu(void) {
  SCS(0xD94) = 0;
  region(0, 0x80000000u, 2u << 19 | 3u << 24, 29);                      // SEMC: device
  region(1, 0x60000000u, 2u << 19 | 3u << 24, 29);                      // FlexSPI: device
  region(2, 0x60000000u, 7u << 16 | 6u << 24, 23);                      // flash: write back, read
  region(3, 0x00000000u, 2u << 19 | 3u << 24, 30);                      // device
  region(4, 0x00000000u, 3u << 16 | 3u << 24, 17);                      // ITCM
  region(5, 0x20000000u, 3u << 16 | 3u << 24, 17);                      // DTCM
  region(6, 0x20200000u, 3u << 16 | 3u << 24, 20);                      // OCRAM
  region(8, 0x40000000u, 2u << 19 | 3u << 24 | 1u << 28, 22);           // peripherals
  region(9, 0x42000000u, 2u << 19 | 3u << 24 | 1u << 28, 20);
  SCS(0xD94) = 5;  // on, with the default map
  SCS(0xD24) |= 7u << 16;
  barrier();
}

static void oscillators(void) {
  ANALOG(0x2C0) |= 1u << 16;   // 1 MHz on, and free
  ANALOG(0x2C0) &= ~(1u << 17);
  ANALOG(0x150 + CLR) = 1u << 30;  // the crystal
  while (!(ANALOG(0x270) & 1u << 16)) {
  }
  ANALOG(0x150 + SET) = 1u << 16;
  while (!(ANALOG(0x150) & 1u << 15)) {
  }
  ANALOG(0x150 + CLR) = 1u << 16;
  ANALOG(0x270) |= 1;             // RC oscillator on, crystal selected
  ANALOG(0x270 + CLR) = 1u << 4;
  CCM(0x00) = (CCM(0x00) & ~0xFFu) | 127;
}

static void gates_and_roots(void) {
  static const uint8_t closed[][2] = {
      {1, 8}, {1, 4}, {2, 11}, {2, 12}, {2, 7}, {1, 10}, {1, 11}, {0, 12}, {0, 13}, {1, 6}, {6, 1},
      {6, 2}, {3, 2}, {6, 4}, {7, 1}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {0, 11}, {5, 9}, {5, 10},
      {5, 11}, {2, 3}, {2, 4}, {2, 5}, {0, 7}, {0, 9}, {7, 3}, {0, 8}, {0, 10}, {7, 4}, {5, 12},
      {0, 14}, {0, 6}, {1, 12}, {3, 1}, {3, 3}, {5, 13}, {6, 7}, {2, 14}, {3, 5}, {5, 7}, {5, 1},
      {3, 0}};
  for (uint32_t i = 0; i < sizeof closed / 2; ++i) gate(closed[i][0], closed[i][1], 0);
  root(CSCMR1, 0, 6, 1, 0);                                     // PERCLK / 2
  root(CSCDR1, 11, 3, 1, 0), root(CSCMR1, 16, 1, 0, 0);         // USDHC1, USDHC2
  root(CSCDR1, 16, 3, 1, 0), root(CSCMR1, 17, 1, 0, 0);
  root(CBCDR, 16, 3, 7, 1), root(CBCDR, 7, 1, 0, 0), root(CBCDR, 6, 1, 0, 0);  // SEMC
  root(CBCMR, 29, 3, 1, 0), root(CBCMR, 8, 2, 1, 0);            // FLEXSPI2
  root(CSCDR3, 11, 3, 1, 0), root(CSCDR3, 9, 2, 0, 0);          // CSI
  root(CBCMR, 26, 3, 4, 0), root(CBCMR, 4, 2, 2, 0);            // LPSPI
  root(CSCDR1, 25, 2, 3, 0), root(CBCMR, 14, 2, 0, 0);          // TRACE
  root(CS1CDR, 6, 3, 3, 0), root(CS1CDR, 0, 6, 1, 0), root(CSCMR1, 10, 2, 0, 0);  // SAI1 to 3
  root(CS2CDR, 6, 3, 3, 0), root(CS2CDR, 0, 6, 1, 0), root(CSCMR1, 12, 2, 0, 0);
  root(CS1CDR, 22, 3, 3, 0), root(CS1CDR, 16, 6, 1, 0), root(CSCMR1, 14, 2, 0, 0);
  root(CSCDR2, 19, 6, 0, 0), root(CSCDR2, 18, 1, 0, 0);         // LPI2C
  root(CSCMR2, 2, 6, 1, 0), root(CSCMR2, 8, 2, 2, 0);           // CAN
  root(CSCDR1, 0, 6, 0, 0), root(CSCDR1, 6, 1, 0, 0);           // UART
  root(CSCDR2, 12, 3, 1, 0), root(CBCMR, 23, 3, 3, 0), root(CSCDR2, 15, 3, 5, 0);  // LCDIF
  root(CDCDR, 25, 3, 1, 0), root(CDCDR, 22, 3, 7, 0), root(CDCDR, 20, 2, 3, 0);    // SPDIF
  root(CDCDR, 12, 3, 1, 0), root(CDCDR, 9, 3, 7, 0), root(CDCDR, 7, 2, 3, 0);      // FLEXIO1, 2
  root(CS1CDR, 9, 3, 1, 0), root(CS1CDR, 25, 3, 7, 0), root(CSCMR2, 19, 2, 3, 0);
  root(CCSR, 0, 1, 0, 0);                                       // PLL3
}

static void pll(uint32_t offset, uint32_t divider, uint32_t mask) {
  ANALOG(offset) = (ANALOG(offset) & ~(3u << 14)) | 1u << 16;  // bypassed by the crystal
  ANALOG(offset) = (ANALOG(offset) & ~(mask | 1u << 12)) | 1u << 13 | divider;
  while (!(ANALOG(offset) & 1u << 31)) {
  }
  ANALOG(offset) &= ~(1u << 16);
}

static void plls(void) {
  static const uint8_t fractions[4] = {27, 16, 24, 16};
  pll(PLL_ARM, 100, 0x7F);
  ANALOG(0x50) = 0, ANALOG(0x60) = 1;
  pll(PLL_SYS, 1, 1);
  for (uint32_t i = 0; i < 4; ++i) {
    uint32_t old = ANALOG(PFD_528) & ~(0xBFu << 8 * i);
    ANALOG(PFD_528) = old | 0x80u << 8 * i;
    ANALOG(PFD_528) = old | (uint32_t)fractions[i] << 8 * i;
  }
  ANALOG(0x70) = 1u << 12;  // PLL_AUDIO off, bypassed, its output on
  ANALOG(0x70) |= 1u << 16;
  ANALOG(0x170) &= ~(1u << 15), ANALOG(0x170) &= ~(1u << 23);
  ANALOG(0x70) |= 1u << 13;
  ANALOG(0xA0) &= ~(1u << 13);  // PLL_VIDEO
  ANALOG(0xA0) = (ANALOG(0xA0) & ~(3u << 14)) | 1u << 16;
  ANALOG(0xB0) = 0, ANALOG(0xC0) = 1;
  uint32_t video = (ANALOG(0xA0) & ~(0x7Fu | 1u << 12)) | 1u << 13 | 31 | 1u << 19;
  ANALOG(0x170) = (ANALOG(0x170) & ~(3u << 30)) | 3u << 30;
  ANALOG(0xA0) = video;
  while (!(ANALOG(0xA0) & 1u << 31)) {
  }
  ANALOG(0xA0) &= ~(1u << 16);
  ANALOG(0xE0) = 1u << 12;  // PLL_ENET off, bypassed, its outputs on
  ANALOG(0xE0) |= 1u << 16;
  ANALOG(0xE0) = (ANALOG(0xE0) & ~3u) | 1;
  ANALOG(0xE0) |= 1u << 13;
  ANALOG(0xE0) &= ~(3u << 2);
  ANALOG(0xE0) |= 1u << 20;
  ANALOG(0xE0) |= 1u << 21;
  ANALOG(0x20) = 0;  // PLL_USB2
  ANALOG(0x20) |= 1u << 16;
  ANALOG(0x20) |= 1u << 13;
}

static void boot_clock_run(void) {
  oscillators();
  root(CBCMR, 12, 2, 1, PERIPH2_BUSY);  // the core by the crystal meanwhile
  root(CBCDR, 25, 1, 1, PERIPH_BUSY);
  core_voltage(0x13);                   // 1.275 V
  root(CBCDR, 10, 3, 0, AHB_BUSY);
  root(CBCDR, 8, 2, 3, 0);
  root(CACRR, 0, 3, 1, ARM_BUSY);
  root(CBCDR, 27, 3, 0, 0);
  gates_and_roots();
  plls();
  root(CBCMR, 18, 2, 3, 0);
  root(CBCDR, 25, 1, 0, PERIPH_BUSY);
  root(CBCMR, 12, 2, 0, PERIPH2_BUSY);
  root(CSCMR1, 6, 1, 0, 0);
  ANALOG(0x160) &= ~0x1Fu;
  CCM(CCOSR) = (CCM(CCOSR) & ~0xFFu) | 1;
  CCM(CCOSR) = (CCM(CCOSR) & ~0xFF0000u) | 18u << 16;
  CCM(CCOSR) &= ~(1u << 8), CCM(CCOSR) &= ~(1u << 7), CCM(CCOSR) &= ~(1u << 24);
  GPR(1) &= ~(7u | 7u << 3 | 3u << 6), GPR(1) &= ~(3u << 8), GPR(1) &= ~(3u << 10);
  GPR(2) &= ~(1u << 26 | 0xFFu << 16);
  GPR(1) &= ~(1u << 17), GPR(1) &= ~(1u << 18);
  GPR(5) &= ~(1u << 28), GPR(5) &= ~(1u << 29);
}

static void pins(void) {
  gate(4, 1, 3);  // IOMUXC
  IOMUXC(0xEC) = 2, IOMUXC(0xF0) = 2;
  IOMUXC(0x2DC) = 0x10B0, IOMUXC(0x2E0) = 0x10B0;
}

void reset_handler(void) {
  __asm volatile("cpsid i");
  SCS(0xD08) = (uint32_t)table;
  system_init();
  caches_on();
  mpu();
  pins();
  boot_clock_run();
  gate(5, 12, 3);  // LPUART1
  uart_start(UART, 43);
  ticks = 0;
  SCS(0x014) = 600000 - 1, SCS(0x018) = 0, SCS(0x010) = 7;
  __asm volatile("cpsie i");
  say(UART, "hello world.\r\n");
  CCM(CLPCR) &= ~3u;  // SysTick goes on in WFI
  while (ticks < 10) __asm volatile("wfi");
  say(UART, "10 ms\r\n");
  for (;;) __asm volatile("wfi");
}
