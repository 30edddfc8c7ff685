/// \file
/// The FlexSPI NOR configuration block: what the boot ROM reads first from a serial NOR flash (i.MX
/// RT1060 reference manual, chapter System Boot). What is in it depends on the flash of the board.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chip {

/// Instructions of FlexSPI's look-up table (chapter FlexSPI Controller).
namespace lut {
constexpr std::uint32_t kCmd = 0x01;
constexpr std::uint32_t kRaddr = 0x02;
constexpr std::uint32_t kWrite = 0x08;
constexpr std::uint32_t kRead = 0x09;
constexpr std::uint32_t kDummy = 0x0C;
constexpr std::uint32_t kOnePad = 0;
constexpr std::uint32_t kFourPads = 2;

/// One instruction: opcode, pads as a power of two, operand.
constexpr std::uint32_t Op(std::uint32_t opcode, std::uint32_t pads, std::uint32_t operand) {
  return opcode << 10 | pads << 8 | operand;
}
/// Two instructions in a word.
constexpr std::uint32_t Pair(std::uint32_t first, std::uint32_t second = 0) {
  return first | second << 16;
}
}  // namespace lut

struct FlexspiNorConfig {
  /// Places in the look-up table where the ROM and its flash API look for a sequence.
  enum Sequence : std::size_t {
    kReadData = 0,
    kReadStatus = 1,
    kWriteEnable = 3,
    kWriteStatus = 4,  // not fixed: device_mode_sequence names it
    kEraseSector = 5,
    kEraseBlock = 8,
    kProgramPage = 9,
    kEraseChip = 11,
  };

  std::uint32_t tag = 0x4246'4346;  // "FCFB"
  std::uint32_t version = 0x5601'0400;
  std::uint32_t reserved_008 = 0;
  std::uint8_t read_sample_clock_source = 0;  // 1 = looped back from the DQS pad
  std::uint8_t cs_hold_time = 0;
  std::uint8_t cs_setup_time = 0;
  std::uint8_t column_address_width = 0;
  /// A command that the ROM sends once, write enabled, before it reads by `kReadData`.
  std::uint8_t device_mode_enable = 0;
  std::uint8_t device_mode_type = 0;   // 1 = quad enable
  std::uint16_t device_mode_wait = 0;  // in 100 us; 0 = until kReadStatus says so
  std::uint8_t device_mode_sequences = 0;
  std::uint8_t device_mode_sequence = 0;  // the first of them in `lut`
  std::uint16_t reserved_016 = 0;
  std::uint32_t device_mode_argument = 0;  // what kWrite sends, low byte first
  std::uint32_t config_command_01c[9] = {};
  std::uint32_t controller_misc_option = 0;
  std::uint8_t device_type = 1;             // serial NOR
  std::uint8_t pad_type = 0;                // data pads
  std::uint8_t serial_clock_frequency = 0;  // 6 = 100 MHz
  std::uint8_t lut_custom_sequences = 0;
  std::uint32_t reserved_048[2] = {};
  std::uint32_t flash_a1_size = 0;
  std::uint32_t flash_a2_b1_b2_size[3] = {};
  std::uint32_t reserved_060[8] = {};
  std::uint32_t lut[16][4] = {};
  std::uint32_t lut_custom[16] = {};
  std::uint32_t page_size = 0;
  std::uint32_t sector_size = 0;
  std::uint8_t ip_command_frequency = 0;  // 1 = 30 MHz
  std::uint8_t uniform_block_size = 0;
  std::uint8_t reserved_1ca[6] = {};
  std::uint32_t block_size = 0;
  std::uint32_t reserved_1d4[11] = {};
};
static_assert(offsetof(FlexspiNorConfig, device_mode_argument) == 0x018);
static_assert(offsetof(FlexspiNorConfig, controller_misc_option) == 0x040);
static_assert(offsetof(FlexspiNorConfig, flash_a1_size) == 0x050);
static_assert(offsetof(FlexspiNorConfig, lut) == 0x080);
static_assert(offsetof(FlexspiNorConfig, page_size) == 0x1C0);
static_assert(offsetof(FlexspiNorConfig, block_size) == 0x1D0);
static_assert(sizeof(FlexspiNorConfig) == 512);

}  // namespace chip
