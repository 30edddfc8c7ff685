/// \file
/// Names that the linker script defines (start/sections.ld); only their addresses mean something.
#pragma once

#include <cstdint>

namespace start {
struct VectorTable;
}

extern "C" {
extern const start::VectorTable vector_table;
extern const char flash_base, flash_size, flash_used;
extern const char itcm_size, itcm_used;
extern const char dtcm_size, dtcm_used;
extern const char ocram2_size, ocram2_used;
extern const char stack_guard, stack_bottom, stack_top;
extern std::uint32_t itcm_load[], itcm_start[], itcm_end[];
extern std::uint32_t data_load[], data_start[], data_end[];
extern std::uint32_t bss_start[], bss_end[];
}
