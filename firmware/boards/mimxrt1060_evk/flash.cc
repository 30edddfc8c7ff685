/// \file
/// How the boot ROM talks to the QSPI flash of the board, an IS25WP064A (ISSI data sheet, chapter
/// Command Set).

#include "chip/flexspi_nor_config.hpp"

namespace {

using Config = chip::FlexspiNorConfig;

using chip::lut::kCmd;
using chip::lut::kDummy;
using chip::lut::kFourPads;
using chip::lut::kOnePad;
using chip::lut::kRaddr;
using chip::lut::kRead;
using chip::lut::kWrite;
using chip::lut::Op;
using chip::lut::Pair;

constexpr std::uint32_t kAddressBits = 24;
constexpr std::uint8_t kQuadEnable = 1;  // a device mode
constexpr std::uint32_t kStatusQe = 1U << 6;

constexpr Config MakeConfig() {
  Config config;
  config.read_sample_clock_source = 1;
  config.cs_hold_time = 3;
  config.cs_setup_time = 3;
  // Quad enable: a new part may come without, and then answers no read on four pads. The bit is not
  // volatile; block protection, in the same register, is off as in a new part.
  config.device_mode_enable = 1;
  config.device_mode_type = kQuadEnable;
  config.device_mode_sequences = 1;
  config.device_mode_sequence = Config::kWriteStatus;
  config.device_mode_argument = kStatusQe;
  config.pad_type = 4;
  config.serial_clock_frequency = 6;
  config.flash_a1_size = 8 * 1024 * 1024;
  config.page_size = 256;
  config.sector_size = 4096;
  config.ip_command_frequency = 1;
  config.block_size = 64 * 1024;

  constexpr std::uint32_t kAddress = Op(kRaddr, kOnePad, kAddressBits);
  auto& lut = config.lut;
  lut[Config::kReadData][0] = Pair(Op(kCmd, kOnePad, 0xEB), Op(kRaddr, kFourPads, kAddressBits));
  lut[Config::kReadData][1] = Pair(Op(kDummy, kFourPads, 6), Op(kRead, kFourPads, 4));
  lut[Config::kReadStatus][0] = Pair(Op(kCmd, kOnePad, 0x05), Op(kRead, kOnePad, 4));
  lut[Config::kWriteEnable][0] = Pair(Op(kCmd, kOnePad, 0x06));
  lut[Config::kWriteStatus][0] = Pair(Op(kCmd, kOnePad, 0x01), Op(kWrite, kOnePad, 1));
  lut[Config::kEraseSector][0] = Pair(Op(kCmd, kOnePad, 0x20), kAddress);
  lut[Config::kEraseBlock][0] = Pair(Op(kCmd, kOnePad, 0xD8), kAddress);
  lut[Config::kProgramPage][0] = Pair(Op(kCmd, kOnePad, 0x02), kAddress);
  lut[Config::kProgramPage][1] = Pair(Op(kWrite, kOnePad, 4));
  lut[Config::kEraseChip][0] = Pair(Op(kCmd, kOnePad, 0x60));
  return config;
}
static_assert(MakeConfig().lut[0][0] == 0x0A18'04EB && MakeConfig().lut[0][1] == 0x2604'3206);

}  // namespace

extern "C" {
[[gnu::section(".boot_header.fcb"), gnu::used]] const Config boot_fcb = MakeConfig();
}
