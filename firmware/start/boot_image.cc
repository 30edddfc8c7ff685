/// \file
/// What the boot ROM reads behind the flash's configuration block, before our first instruction
/// (i.MX RT1060 reference manual, chapter System Boot: image vector table, boot data).

#include <cstdint>

#include "start/symbols.hpp"

namespace {

struct BootData {
  const void* start;
  const void* length;  // an absolute symbol: its address is the number
  std::uint32_t plugin;
  std::uint32_t padding;
};

struct ImageVectorTable {
  std::uint32_t header;
  const void* entry;
  std::uint32_t reserved_08;
  const void* dcd;
  const BootData* boot_data;
  const ImageVectorTable* self;
  const void* csf;
  std::uint32_t reserved_1c;
};
static_assert(sizeof(void*) != 4 || sizeof(ImageVectorTable) == 32);

constexpr std::uint32_t kIvtHeader = 0x4120'00D1;  // tag 0xD1, length 32 big-endian, version 4.1

}  // namespace

extern "C" {

[[gnu::section(".boot_header.boot_data"), gnu::used]] const BootData boot_data = {
    &flash_base, &flash_used, 0, 0xFFFF'FFFF};

[[gnu::section(".boot_header.ivt")]] extern const ImageVectorTable boot_ivt;
[[gnu::used]] const ImageVectorTable boot_ivt = {kIvtHeader, &vector_table, 0,       nullptr,
                                                 &boot_data, &boot_ivt,     nullptr, 0};
}
