/// \file
/// DWT.CYCCNT, for how long code takes. It stands still in WFI: what sleeps is timed by Clock.
#pragma once

#include <cstdint>

#include "chip/core.hpp"

namespace drivers {

class CycleCounter {
 public:
  constexpr CycleCounter(chip::DwtRegs& dwt, chip::DebugRegs& debug) : dwt_(dwt), debug_(debug) {}

  void Start() {
    debug_.DEMCR = debug_.DEMCR | chip::debug::Demcr::Trcena::kMask;
    dwt_.LAR = chip::dwt::kLarKey;
    dwt_.CYCCNT = 0;
    dwt_.CTRL = dwt_.CTRL | chip::dwt::Ctrl::Cyccntena::kMask;
  }
  /// Wraps after 7.1 s at 600 MHz; differences of up to that are right.
  std::uint32_t Now() const { return dwt_.CYCCNT; }

 private:
  chip::DwtRegs& dwt_;
  chip::DebugRegs& debug_;
};

}  // namespace drivers
