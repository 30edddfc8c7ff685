/// \file
/// What the boot ROM reads from the QSPI flash before our first instruction (i.MX RT1060 reference
/// manual, chapter System Boot: FlexSPI NOR configuration block, image vector table, boot data).
/// The flash of the MIMXRT1060-EVK is an IS25WP064A (ISSI data sheet, chapter Command Set).

#include <cstddef>
#include <cstdint>

#include "board/boot_symbols.hpp"

namespace {

/// One instruction of the FlexSPI look-up table: opcode, pads as a power of two, operand.
constexpr std::uint32_t Op(std::uint32_t opcode, std::uint32_t pads, std::uint32_t operand) {
  return opcode << 10 | pads << 8 | operand;
}
constexpr std::uint32_t Pair(std::uint32_t first, std::uint32_t second = 0) {
  return first | second << 16;
}

constexpr std::uint32_t kCmd = 0x01;
constexpr std::uint32_t kRaddr = 0x02;
constexpr std::uint32_t kWrite = 0x08;
constexpr std::uint32_t kRead = 0x09;
constexpr std::uint32_t kDummy = 0x0C;
constexpr std::uint32_t kOnePad = 0;
constexpr std::uint32_t kFourPads = 2;
constexpr std::uint32_t kAddressBits = 24;

struct FlexspiNorConfig {
  std::uint32_t tag = 0x4246'4346;  // "FCFB"
  std::uint32_t version = 0x5601'0400;
  std::uint32_t reserved_008 = 0;
  std::uint8_t read_sample_clock_source = 1;  // looped back from the DQS pad
  std::uint8_t cs_hold_time = 3;
  std::uint8_t cs_setup_time = 3;
  std::uint8_t column_address_width = 0;
  std::uint32_t reserved_010[12] = {};  // no device mode command: QE is set at the factory
  std::uint32_t controller_misc_option = 0;
  std::uint8_t device_type = 1;             // serial NOR
  std::uint8_t pad_type = 4;                // data pads
  std::uint8_t serial_clock_frequency = 6;  // 100 MHz
  std::uint8_t lut_custom_sequences = 0;
  std::uint32_t reserved_048[2] = {};
  std::uint32_t flash_a1_size = 8 * 1024 * 1024;
  std::uint32_t flash_a2_b1_b2_size[3] = {};
  std::uint32_t reserved_060[8] = {};
  std::uint32_t lut[16][4] = {};
  std::uint32_t lut_custom[16] = {};
  std::uint32_t page_size = 256;
  std::uint32_t sector_size = 4096;
  std::uint8_t ip_command_frequency = 1;  // 30 MHz
  std::uint8_t uniform_block_size = 0;
  std::uint8_t reserved_1ca[6] = {};
  std::uint32_t block_size = 64 * 1024;
  std::uint32_t reserved_1d4[11] = {};
};
static_assert(offsetof(FlexspiNorConfig, controller_misc_option) == 0x040);
static_assert(offsetof(FlexspiNorConfig, flash_a1_size) == 0x050);
static_assert(offsetof(FlexspiNorConfig, lut) == 0x080);
static_assert(offsetof(FlexspiNorConfig, page_size) == 0x1C0);
static_assert(offsetof(FlexspiNorConfig, block_size) == 0x1D0);
static_assert(sizeof(FlexspiNorConfig) == 512);

/// The sequences at the places where the ROM and its flash API look for them.
constexpr FlexspiNorConfig MakeConfig() {
  FlexspiNorConfig config;
  constexpr std::uint32_t kAddress = Op(kRaddr, kOnePad, kAddressBits);
  config.lut[0][0] = Pair(Op(kCmd, kOnePad, 0xEB), Op(kRaddr, kFourPads, kAddressBits));
  config.lut[0][1] = Pair(Op(kDummy, kFourPads, 6), Op(kRead, kFourPads, 4));
  config.lut[1][0] = Pair(Op(kCmd, kOnePad, 0x05), Op(kRead, kOnePad, 4));  // read status
  config.lut[3][0] = Pair(Op(kCmd, kOnePad, 0x06));                         // write enable
  config.lut[5][0] = Pair(Op(kCmd, kOnePad, 0x20), kAddress);               // erase 4 KB
  config.lut[8][0] = Pair(Op(kCmd, kOnePad, 0xD8), kAddress);               // erase 64 KB
  config.lut[9][0] = Pair(Op(kCmd, kOnePad, 0x02), kAddress);               // program a page
  config.lut[9][1] = Pair(Op(kWrite, kOnePad, 4));
  config.lut[11][0] = Pair(Op(kCmd, kOnePad, 0x60));  // erase the chip
  return config;
}
static_assert(MakeConfig().lut[0][0] == 0x0A18'04EB && MakeConfig().lut[0][1] == 0x2604'3206);

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

[[gnu::section(".boot_header.fcb"), gnu::used]] const FlexspiNorConfig boot_fcb = MakeConfig();

[[gnu::section(".boot_header.boot_data"), gnu::used]] const BootData boot_data = {
    &flash_base, &flash_used, 0, 0xFFFF'FFFF};

[[gnu::section(".boot_header.ivt")]] extern const ImageVectorTable boot_ivt;
[[gnu::used]] const ImageVectorTable boot_ivt = {kIvtHeader, &vector_table, 0,       nullptr,
                                                 &boot_data, &boot_ivt,     nullptr, 0};
}
