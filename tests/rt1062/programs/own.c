// A firmware as people have it: plain text with a prompt, typed lines answered, a LED that blinks,
// the camera's test register. Where each of them sits is the board's, so it is said by -D.
#include "image.h"

#define IOMUXC 0x401F8000u
#define GPIO_BASE(port) (0x401B8000u + 0x4000u * ((port) - 1))
#define FAST(port) (0x400AC000u + 4u * (25 + (port)))  // IOMUXC_GPR26 to 29
#define NEWLINE "\r\n"

static void pad(uint32_t mux, uint32_t mode, uint32_t select, uint32_t daisy) {
  R(IOMUXC + mux) = mode;
  if (select != 0) R(IOMUXC + select) = daisy;
}

static void put(char c) {
  while (!(R(UART + 0x14) & (1u << 23))) {
  }
  R(UART + 0x1C) = (uint8_t)c;
}
static void text(const char* s) {
  while (*s) put(*s++);
}
static void hex(uint32_t byte) {
  put("0123456789ABCDEF"[byte >> 4 & 15]);
  put("0123456789ABCDEF"[byte & 15]);
}
static int typed(void) {
  uint32_t stat = R(UART + 0x14);
  if (stat & (1u << 19)) R(UART + 0x14) = 1u << 19;
  return stat & (1u << 21) ? (int)(R(UART + 0x1C) & 0xFF) : -1;
}

// A byte there and one back.
static uint32_t spi(uint32_t byte) {
  R(SPI + 0x64) = byte;
  while (R(SPI + 0x70) & 2) {
  }
  return R(SPI + 0x74);
}
static uint32_t camera(uint32_t address, uint32_t data) {
  R(GPIO_BASE(SELECT_PORT) + 0x88) = 1u << SELECT_PIN;
  spi(address);
  uint32_t found = spi(data);
  while (R(SPI + 0x14) & (1u << 24)) {
  }
  R(GPIO_BASE(SELECT_PORT) + 0x84) = 1u << SELECT_PIN;
  return found;
}

static void output(uint32_t port, uint32_t pin, uint32_t mux, uint32_t high) {
  R(FAST(port)) &= ~(1u << pin);  // the slow GPIO
  R(GPIO_BASE(port) + (high ? 0x84 : 0x88)) = 1u << pin;
  R(GPIO_BASE(port) + 0x04) |= 1u << pin;
  pad(mux, 5, 0, 0);
}

void reset_handler(void) {
  PADS
  output(LED_PORT, LED_PIN, LED_MUX, !LED_LIT);
  output(SELECT_PORT, SELECT_PIN, SELECT_MUX, 1);
  R(UART + 0x10) = (15u << 24) | 43;  // 80 MHz / 16 / 43: 116,279 baud
  R(UART + 0x18) = 3u << 18;
  R(SPI + 0x10) = 0;
  R(SPI + 0x24) = 1;     // master
  R(SPI + 0x40) = 4;     // 6.9 MHz
  R(SPI + 0x10) = 1;
  R(SPI + 0x60) = 7;     // words of 8 bits
  text(NEWLINE "*** My Vision App v1.2 ***" NEWLINE "[\x1b[32m OK \x1b[0m] temp=23.5\xC2\xB0""C" NEWLINE);
  uint32_t answer = 0;
  for (uint32_t look = 0; look < 150 && answer != 0x55; ++look) {  // 100 ms after power it answers
    for (uint32_t n = 300000; n; --n) __asm volatile("nop");
    camera(0x80, 0x55);
    answer = camera(0x00, 0);
  }
  text("camera test register 0x");
  hex(answer);
  text(NEWLINE "login: ");
  char line[32];
  int length = 0, lit = 0;
  for (uint32_t turn = 0;; ++turn) {
    int c = typed();
    if (c == '\r' || c == '\n') {
      line[length] = 0;
      length = 0;
      text(NEWLINE "hello ");
      text(line);
      text(NEWLINE "> ");
    } else if (c >= 0 && length < 31) {
      line[length++] = (char)c;
      put((char)c);
    }
    if ((turn & 0x3FFF) == 0x3FFF) {
      lit = !lit;
      R(GPIO_BASE(LED_PORT) + (lit == LED_LIT ? 0x84 : 0x88)) = 1u << LED_PIN;
    }
    for (uint32_t n = 20; n; --n) __asm volatile("nop");
  }
}
