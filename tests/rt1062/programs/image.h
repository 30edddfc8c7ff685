// What every test program has: the boot header of a flash image, and registers by address.
#pragma once
#include <stdint.h>

#define R(address) (*(volatile uint32_t*)(address))

extern uint32_t stack_top;
void reset_handler(void);
void fault_handler(void);

#ifndef FLASH_BYTES
#define FLASH_BYTES (8 * 1024 * 1024)
#endif
#ifndef DCD
#define DCD 0
#endif
#ifndef FAULT_HANDLER
void fault_handler(void) {
  for (;;) {
  }
}
#endif

// FCB with a read on one pad (0x03), as the boot ROM wants it.
__attribute__((section(".fcb"), used)) static const uint32_t fcb[128] = {
    0x42464346, 0x56010400, [3] = 0x00030301, [17] = 0x00060401, [20] = FLASH_BYTES, [32] = 0x0A1804EB,
    [33] = 0x26043206, [112] = 256, [113] = 4096};
__attribute__((section(".boot_data"), used)) static const uint32_t boot_data[3] = {0x60000000,
                                                                                   0x10000, 0};
__attribute__((section(".ivt"), used)) static const uint32_t ivt[8] = {
    0x402000D1, 0x60002000, 0, (uint32_t)DCD, 0x60001020, 0x60001000, 0, 0};
__attribute__((section(".vectors"), used)) static const void* const vectors[16] = {
    &stack_top,    reset_handler, fault_handler, fault_handler, fault_handler,
    fault_handler, fault_handler};
