/// \file
/// One GPIO pin as an output, or as an open drain.
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

/// A pin that pulls its line low or lets it go, by its direction.
class OpenDrainPin final {
 public:
  constexpr OpenDrainPin(chip::GpioRegs& regs, unsigned bit) : regs_(regs), mask_(1u << bit) {}

  void Set(bool level) {
    // Of an input DR shows the pad, so that each write back of the register may set its bit.
    regs_.DR = regs_.DR & ~mask_;
    regs_.GDIR = level ? (regs_.GDIR & ~mask_) : (regs_.GDIR | mask_);
  }
  bool Level() const { return (regs_.PSR & mask_) != 0; }

 private:
  chip::GpioRegs& regs_;
  std::uint32_t mask_;
};

}  // namespace drivers
