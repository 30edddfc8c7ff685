/// \file
/// WDOG1: resets the chip when the main program stops serving it.
#pragma once

#include <cstdint>

#include "chip/wdog.hpp"

namespace drivers {

class Wdog {
 public:
  explicit constexpr Wdog(chip::WdogRegs& regs) : regs_(regs) {}

  /// Starts the watchdog; it cannot be stopped again. `half_seconds` is 1..256.
  void Start(std::uint32_t half_seconds);
  void Serve();

 private:
  chip::WdogRegs& regs_;
};

/// Clears the power-down counter that starts with the chip.
void StopPowerDownCounter(chip::WdogRegs& regs);
/// Switches RTWDOG off, as the boot ROM may have left it running.
void StopRtwdog(chip::RtwdogRegs& regs);

}  // namespace drivers
