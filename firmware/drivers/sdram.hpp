/// \file
/// An SDRAM on chip select 0 of SEMC: 16 bits wide, 9 column bits, CAS latency 3, at 164 MHz.
#pragma once

#include <cstdint>

#include "chip/semc.hpp"
#include "drivers/status.hpp"

namespace drivers {

class Sdram {
 public:
  explicit constexpr Sdram(chip::SemcRegs& regs) : regs_(regs) {}

  /// Sets the part up at `base`, 4 KB << `size_log2_4k` bytes large; clock and pads must be there.
  /// kTimeout or kFailed: it does not answer, and nothing may touch it.
  Status Start(std::uint32_t base, unsigned size_log2_4k);

 private:
  Status Command(std::uint32_t command);

  chip::SemcRegs& regs_;
};

}  // namespace drivers
