// An EEPROM library over the last sectors of the flash, as those of the public cores: records of
// (key, value) are programmed one behind the other, a full sector is erased and begun anew with what
// is still true. What touches the flash runs from ITCM with interrupts off, polls WIP without end,
// and says with DWT.CYCCNT what it took.
#include "startup.h"

#define UART 0x40184000u
#define FLEXSPI(offset) R(0x402A8000u + (offset))
#ifndef RAM
#define RAM __attribute__((section(".ramcode"), noinline, long_call))
#endif
#define BASE 0x60000000u
enum { SECTOR = 4096, PAGE = 256, SECTORS = 4, FIRST = FLASH_BYTES - SECTORS * SECTOR };
enum { READ_STATUS = 12, WRITE_ENABLE = 13, ERASE = 14, PROGRAM = 15 };  // sequences of the LUT

static uint8_t values[64];
static uint32_t sector, used, erases;

RAM static void command(uint32_t sequence, uint32_t address, uint32_t length) {
  FLEXSPI(0xA0) = address;
  FLEXSPI(0xA4) = sequence << 16 | length;
  FLEXSPI(0xB0) = 1;
  while (!(FLEXSPI(0x14) & 1)) {
  }
  FLEXSPI(0x14) = 1;
}
RAM static void wait_ready(void) {
  uint32_t status;
  do {
    FLEXSPI(0xB8) = 1;
    command(READ_STATUS, 0, 1);
    status = FLEXSPI(0x100);
  } while (status & 1);
}
RAM static void erase(uint32_t address) {
  __asm volatile("cpsid i");
  command(WRITE_ENABLE, 0, 0);
  command(ERASE, address, 0);
  wait_ready();
  FLEXSPI(0x00) |= 1;  // what the AHB buffers hold is old
  while (FLEXSPI(0x00) & 1) {
  }
  __asm volatile("cpsie i");
}
RAM static void program(uint32_t address, const uint8_t* data, uint32_t length) {
  __asm volatile("cpsid i");
  command(WRITE_ENABLE, 0, 0);
  FLEXSPI(0xBC) = 1;
  FLEXSPI(0xA0) = address;
  FLEXSPI(0xA4) = PROGRAM << 16 | length;
  FLEXSPI(0xB0) = 1;
  for (uint32_t done = 0; done < length; done += 8) {
    while (!(FLEXSPI(0x14) & 1u << 6)) {
    }
    for (uint32_t half = 0; half < 2; ++half) {
      uint32_t word = 0;
      for (uint32_t i = 0; i < 4; ++i) word |= (uint32_t)data[done + 4 * half + i] << 8 * i;
      FLEXSPI(0x180 + 4 * half) = word;
    }
    FLEXSPI(0x14) = 1u << 6;
  }
  while (!(FLEXSPI(0x14) & 1)) {
  }
  FLEXSPI(0x14) = 1;
  wait_ready();
  FLEXSPI(0x00) |= 1;
  while (FLEXSPI(0x00) & 1) {
  }
  __asm volatile("cpsie i");
}

static void append(uint32_t key, uint32_t value) {
  uint8_t record[8] = {(uint8_t)key, (uint8_t)value, 0, 0, 0, 0, 0, 0};
  program(FIRST + sector * SECTOR + used, record, 8);
  used += 8;
}
static void store(uint32_t key, uint8_t value) {
  values[key] = value;
  if (used == SECTOR) {
    sector = (sector + 1) % SECTORS;
    erase(FIRST + sector * SECTOR);
    ++erases;
    used = 0;
    for (uint32_t i = 0; i < 64; ++i) append(i, values[i]);
  } else {
    append(key, value);
  }
}

static void number(const char* before, uint32_t n) {
  char digits[12];
  uint32_t i = 11;
  digits[i] = 0;
  do digits[--i] = (char)('0' + n % 10);
  while (n /= 10);
  say(UART, before);
  say(UART, digits + i);
}
static uint32_t microseconds(uint32_t since) { return (R(0xE0001004u) - since) / 396; }

void reset_handler(void) {
  load_ramcode();
  SCS(0xDFC) |= 1u << 24;
  R(0xE0001000u) |= 1;
  IOMUXC(0xEC) = 2, IOMUXC(0xF0) = 2;
  uart_start(UART, 43);
  static const uint32_t table[4][2] = {
      {0x24010405u}, {0x00000406u}, {0x08180420u}, {0x08180402u, 0x00002001u}};
  FLEXSPI(0x18) = 0x5AF05AF0u, FLEXSPI(0x1C) = 2;
  for (uint32_t i = 0; i < 4; ++i) {
    FLEXSPI(0x200 + 16 * (READ_STATUS + i)) = table[i][0];
    FLEXSPI(0x204 + 16 * (READ_STATUS + i)) = table[i][1];
    FLEXSPI(0x208 + 16 * (READ_STATUS + i)) = 0;
  }
  static uint8_t page[PAGE];
  for (uint32_t i = 0; i < PAGE; ++i) page[i] = (uint8_t)(i * 7 + 1);
  for (uint32_t s = 0; s < SECTORS; ++s) {
    uint32_t begin = R(0xE0001004u), wrong = 0;
    erase(FIRST + s * SECTOR);
    uint32_t erased = microseconds(begin);
    for (uint32_t i = 0; i < SECTOR; ++i) wrong += *(uint8_t*)(BASE + FIRST + s * SECTOR + i) != 0xFF;
    begin = R(0xE0001004u);
    for (uint32_t p = 0; p < SECTOR; p += PAGE) program(FIRST + s * SECTOR + p, page, PAGE);
    number("sector erased in ", erased);
    number(" us, a page programmed in ", microseconds(begin) / (SECTOR / PAGE));
    for (uint32_t i = 0; i < SECTOR; ++i) {
      wrong += *(uint8_t*)(BASE + FIRST + s * SECTOR + i) != page[i % PAGE];
    }
    number(" us, wrong bytes ", wrong);
    say(UART, "\n");
  }
  used = SECTOR;
  for (uint32_t i = 0; i < STORES; ++i) store(i % 64, (uint8_t)(i >> 2));
  static uint8_t found[64];
  for (uint32_t at = 0; at < used; at += 8) {  // the last record of a key counts
    const uint8_t* record = (const uint8_t*)(BASE + FIRST + sector * SECTOR + at);
    found[record[0] & 63] = record[1];
  }
  uint32_t wrong = 0;
  for (uint32_t i = 0; i < 64; ++i) wrong += found[i] != values[i];
  number("wrong values ", wrong);
  number(", erases ", erases);
  say(UART, "\ndone\n");
  for (;;) __asm volatile("wfi");
}
