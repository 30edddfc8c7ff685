/// \file
/// One GPIO pin as an output.
#pragma once

#include <cstdint>

#include "chip/gpio.hpp"
#include "drivers/buses.hpp"

namespace drivers {

class OutputPin final : public Output {
 public:
  constexpr OutputPin(chip::GpioRegs& regs, unsigned bit) : regs_(regs), mask_(1u << bit) {}

  /// Makes the pin an output that starts at `level`, without a glitch.
  void Start(bool level) {
    Set(level);
    regs_.GDIR = regs_.GDIR | mask_;
  }
  // DR is read and written back; no interrupt handler touches a GPIO, so nothing gets lost.
  void Set(bool level) override { regs_.DR = level ? (regs_.DR | mask_) : (regs_.DR & ~mask_); }

 private:
  chip::GpioRegs& regs_;
  std::uint32_t mask_;
};

}  // namespace drivers
