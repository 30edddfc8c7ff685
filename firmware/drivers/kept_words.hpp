/// \file
/// Words of SNVS that outlive everything but the loss of all power, for whoever has a use for them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/reset_and_identity.hpp"

namespace drivers {

/// LPGPR3 to 7; those before are ResetHistory's. To be written once it has started.
class KeptWords {
 public:
  static constexpr std::size_t kWords = 5;

  explicit constexpr KeptWords(chip::SnvsRegs& regs) : regs_(regs) {}

  void Read(std::uint32_t (&words)[kWords]) const {
    for (std::size_t i = 0; i < kWords; ++i) {
      words[i] = regs_.LPGPR[kFirst + i];
    }
  }
  void Write(const std::uint32_t (&words)[kWords]) {
    for (std::size_t i = 0; i < kWords; ++i) {
      regs_.LPGPR[kFirst + i] = words[i];
    }
  }
  /// The first word is no longer what it was.
  void Forget() { regs_.LPGPR[kFirst] = 0; }

 private:
  static constexpr std::size_t kFirst = 3;

  chip::SnvsRegs& regs_;
};

}  // namespace drivers
