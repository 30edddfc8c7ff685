// The steps of the Teensy 4 core's start-up at 600 MHz: FlexRAM split, code into ITCM, vectors into
// DTCM, PFDs, MPU and caches, SysTick by the 100 kHz clock, USB PLL, core clock, PIT, RTC, external
// RAM, 300 ms; then Serial1 at 115200 and the LED on pin 13 by its fast GPIO.
#define FAULT_HANDLER
#include "startup.h"

#define SERIAL1 0x40198000u  // LPUART6
#define FLEXSPI2(offset) R(0x402A4000u + (offset))

static volatile uint32_t milliseconds;
static uint32_t psram_megabytes;
__attribute__((aligned(1024))) static uint32_t vectors_in_ram[176];

__attribute__((section(".ramcode"))) void unused_handler(void) {
  for (;;) {
  }
}
__attribute__((section(".ramcode"))) void systick_handler(void) { ++milliseconds; }
__attribute__((section(".ramcode"))) void pendable_handler(void) {}
void fault_handler(void) { unused_handler(); }
static uint32_t millis(void) { return milliseconds; }

static void reset_pfd(void) {
  ANALOG(PFD_528 + SET) = 0x80808080u;
  ANALOG(PFD_528) = 0x2018101Bu;
  ANALOG(PFD_480 + SET) = 0x80808080u;
  ANALOG(PFD_480) = 0x13110D0Cu;
}

static void mpu_and_caches(void) {
  SCS(0xD94) = 0;
  const uint32_t xn = 1u << 28, none = 0, full = 3u << 24, read = 7u << 24;
  const uint32_t no_cache = 1u << 19, device = 2u << 19, through = 1u << 17, back = 11u << 16;
  region(0, 0, none | xn, 32);
  region(1, 0x00000000u, no_cache | read, 19);
  region(2, 0x00000000u, device | none, 5);
  region(3, 0x00200000u, through | read, 17);
  region(4, 0x20000000u, no_cache | full | xn, 19);
  region(5, 0x20008000u, none | xn, 5);  // below the stack
  region(6, 0x20200000u, back | full | xn, 20);
  region(7, 0x40000000u, device | full | xn, 26);
  region(8, 0x60000000u, back | read, 24);
  region(9, 0x70000000u, back | full | xn, 25);
  region(10, 0x80000000u, back | full | xn, 30);
  SCS(0xD94) = 1;
  caches_on();
}

static void systick(void) {
  vectors_in_ram[14] = (uint32_t)pendable_handler;
  vectors_in_ram[15] = (uint32_t)systick_handler;
  SCS(0x014) = 99, SCS(0x018) = 0, SCS(0x010) = 3;
  SCS(0xD20) = 0x20200000u;
  SCS(0xDFC) |= 1u << 24;
  R(0xE0001000u) |= 1;
}

static void usb_pll(void) {
  for (;;) {
    uint32_t n = ANALOG(PLL_USB1);
    if (n & 1u << 1) {
      ANALOG(PLL_USB1 + CLR) = 0xC000;
      ANALOG(PLL_USB1 + SET) = 1u << 16;
      ANALOG(PLL_USB1 + CLR) = 1u << 12 | 1u << 1 | 1u << 13 | 1u << 6;
    } else if (!(n & 1u << 13)) {
      ANALOG(PLL_USB1 + SET) = 1u << 13;
    } else if (!(n & 1u << 12)) {
      ANALOG(PLL_USB1 + SET) = 1u << 12;
    } else if (!(n & 1u << 31)) {
    } else if (n & 1u << 16) {
      ANALOG(PLL_USB1 + CLR) = 1u << 16;
    } else if (!(n & 1u << 6)) {
      ANALOG(PLL_USB1 + SET) = 1u << 6;
    } else {
      return;
    }
  }
}

static void arm_clock_600(void) {
  gate(6, 3, 3);  // DCDC
  if ((DCDC(0x0C) & 0x1F) < 18) core_voltage(18);  // 1.25 V
  if (!(CCM(CBCDR) & 1u << 25)) {
    if ((CCM(CBCDR) >> 27 & 7) != 3) root(CBCDR, 27, 3, 3, 0);  // 480 MHz / 4
    if ((CCM(CBCMR) >> 12 & 3) != 0) root(CBCMR, 12, 2, 0, PERIPH2_BUSY);
    root(CBCDR, 25, 1, 1, PERIPH_BUSY);
  }
  ANALOG(PLL_ARM) = 1u << 12;
  ANALOG(PLL_ARM) = 1u << 13 | 100;
  while (!(ANALOG(PLL_ARM) & 1u << 31)) {
  }
  if ((CCM(CACRR) & 7) != 1) root(CACRR, 0, 3, 1, ARM_BUSY);
  if ((CCM(CBCDR) >> 10 & 7) != 0) root(CBCDR, 10, 3, 0, AHB_BUSY);
  if ((CCM(CBCDR) >> 8 & 3) != 3) root(CBCDR, 8, 2, 3, 0);
  root(CBCDR, 25, 1, 0, PERIPH_BUSY);
}

static void pit_and_rtc(void) {
  gate(1, 6, 3);
  R(0x40084000u) = 0;
  for (uint32_t channel = 0; channel < 4; ++channel) R(0x40084108u + 16 * channel) = 0;
  const uint32_t now = 1546300800u;
  if (!(R(0x400D4038u) & 1)) {
    R(0x400D4054u) = now << 15;
    R(0x400D4050u) = now >> 17;
    R(0x400D4038u) |= 1;
  }
  R(0x400D4008u) |= 1 | 1u << 16;
}

static void flexspi2(uint32_t sequence, uint32_t address) {
  FLEXSPI2(0xA0) = address;
  FLEXSPI2(0xA4) = sequence << 16;
  FLEXSPI2(0xB0) = 1;
  while (!(FLEXSPI2(0x14) & 1)) {
  }
  FLEXSPI2(0x14) = 1;
}
static uint32_t psram_id(uint32_t address) {
  flexspi2(0, address);  // out of QPI, reset
  flexspi2(1, address);
  flexspi2(2, address);
  FLEXSPI2(0xA0) = address;
  FLEXSPI2(0xA4) = 3u << 16 | 4;
  FLEXSPI2(0xB0) = 1;
  while (!(FLEXSPI2(0x14) & 1)) {
  }
  uint32_t id = FLEXSPI2(0x100);
  FLEXSPI2(0x14) = 1 | 1u << 5;
  return id & 0xFFFF;
}

static void external_ram(void) {
  static const uint32_t pads[8] = {0x1B0F9, 0x110F9, 0x1B0F9, 0x100F9,
                                   0x170F9, 0x170F9, 0x170F9, 0x170F9};
  for (uint32_t i = 0; i < 8; ++i) {  // EMC_22 to 29
    IOMUXC(0x25C + 4 * i) = pads[i];
    IOMUXC(0x06C + 4 * i) = 8 | 0x10;
  }
  for (uint32_t offset = 0x72C; offset <= 0x744; offset += 4) {
    if (offset != 0x730) IOMUXC(offset) = 1;  // DQS, DATA0 to 3, SCK of FlexSPI2
  }
  CCM(CBCMR) = (CCM(CBCMR) & ~(7u << 29 | 3u << 8)) | 5u << 29 | 3u << 8;  // 88 MHz
  gate(7, 1, 3);
  FLEXSPI2(0x00) |= 2;
  FLEXSPI2(0x00) = (FLEXSPI2(0x00) & 0x0000030Cu) | 0xFFFF0012u;
  FLEXSPI2(0x04) = 0xFFFFFFFFu;
  FLEXSPI2(0x08) = (R(0x402A8008u) & 0x00FF3700u) | 0x20u << 24;
  FLEXSPI2(0x0C) &= ~0x78u;
  FLEXSPI2(0x20) = 1u << 31 | 64;
  FLEXSPI2(0x24) = 1u << 31 | 64;
  FLEXSPI2(0x28) = FLEXSPI2(0x2C) = 0x830F00FFu;
  FLEXSPI2(0xB8) = FLEXSPI2(0xBC) = 1;
  FLEXSPI2(0x10) = 0;
  for (uint32_t chip = 0; chip < 2; ++chip) {
    FLEXSPI2(0x60 + 4 * chip) = 0x2000;  // 8 MB
    FLEXSPI2(0x70 + 4 * chip) = 2u << 16 | 3u << 5 | 3;
    FLEXSPI2(0x80 + 4 * chip) = 6u << 8 | 5;
  }
  FLEXSPI2(0x00) &= ~2u;
  static const uint32_t table[][2] = {
      {0, 0x06F5}, {4, 0x0466}, {8, 0x0499}, {12, 0x0C18049Fu}, {13, 0x2401}, {16, 0x0435},
      {20, 0x0A1806EBu}, {21, 0x26013206u}, {24, 0x0A180638u}, {25, 0x2201}};
  for (uint32_t turn = 0; turn < 2; ++turn) {
    FLEXSPI2(0x18) = 0x5AF05AF0u;
    FLEXSPI2(0x1C) = 2;
    if (turn == 0) {
      for (uint32_t i = 0; i < 64; ++i) FLEXSPI2(0x200 + 4 * i) = 0;
      FLEXSPI2(0x00) |= 1;
      while (FLEXSPI2(0x00) & 1) {
      }
    }
  }
  for (uint32_t i = 0; i < sizeof table / 8; ++i) FLEXSPI2(0x200 + 4 * table[i][0]) = table[i][1];
  for (uint32_t chip = 0; chip < 2 && psram_id(chip << 23) == 0x5D0D; ++chip) {
    flexspi2(4, chip << 23);  // QPI
    psram_megabytes += 8;
  }
}

static void check_psram(void) {
  volatile uint32_t* words = (volatile uint32_t*)0x70000000u;
  uint32_t count = psram_megabytes << 18, wrong = 0;
  for (uint32_t i = 0; i < count; i += 4096 / 4) words[i] = ~i;
  for (uint32_t i = 0; i < count; i += 4096 / 4) wrong += words[i] != ~i;
  char text[] = "PSRAM 00 MB, 0 wrong\n";
  text[6] = (char)('0' + psram_megabytes / 10), text[7] = (char)('0' + psram_megabytes % 10);
  text[13] = (char)('0' + (wrong > 9 ? 9 : wrong));
  say(SERIAL1, text);
}

__attribute__((used)) void second(void) {
  ANALOG(0x150 + SET) = 1u << 3;
  load_ramcode();
  SCS(0xD88) = 0x00F00000u;
  for (uint32_t i = 0; i < 176; ++i) vectors_in_ram[i] = (uint32_t)unused_handler;
  for (uint32_t i = 0; i < 160; ++i) *(volatile uint8_t*)(0xE000E400u + i) = 128;
  SCS(0xD08) = (uint32_t)vectors_in_ram;
  reset_pfd();
  SCS(0xD24) |= 7u << 16;
  CCM(CSCMR1) = (CCM(CSCMR1) & ~0x3Fu) | 1u << 6;
  CCM(CSCDR1) = (CCM(CSCDR1) & ~0x3Fu) | 1u << 6;
  for (uint32_t i = 26; i < 30; ++i) GPR(i) = 0xFFFFFFFFu;
  mpu_and_caches();
  systick();
  usb_pll();
  reset_pfd();
  arm_clock_600();
  pit_and_rtc();
  external_ram();
  while (millis() < 300) {
  }
  gate(3, 3, 3);  // Serial1.begin(115200), pins 0 and 1
  IOMUXC(0xC4) = 2, IOMUXC(0xC8) = 2;
  IOMUXC(0x550) = 1, IOMUXC(0x554) = 1;
  uart_start(SERIAL1, 13);
  say(SERIAL1, "Teensy ready\n");
  check_psram();
  IOMUXC(0x148) = 5;  // pinMode(13, OUTPUT)
  R(0x42004004u) |= 1u << 3;
  for (;;) {
    R(0x4200408Cu) = 1u << 3;
    for (uint32_t begin = millis(); millis() - begin < 50;) {
    }
  }
}

__attribute__((naked)) void reset_handler(void) {
  // GPR17: one bank of ITCM, the others DTCM; GPR16, GPR14; the stack at the end of the DTCM.
  __asm volatile(
      "ldr r0, =0x400AC000\nldr r1, =0xAAAAAAAB\nstr r1, [r0, #0x44]\n"
      "ldr r1, =0x00200007\nstr r1, [r0, #0x40]\nldr r1, =0x00AA0000\nstr r1, [r0, #0x38]\n"
      "ldr r0, =0x20070000\nmov sp, r0\ndsb\nb second\n.ltorg");
}
