/// \file
/// LPI2C as a master at 100 kHz. It sleeps during a transfer; the interrupt wakes it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/lpi2c.hpp"
#include "drivers/buses.hpp"
#include "drivers/clock.hpp"
#include "drivers/status.hpp"

namespace drivers {

class Lpi2c final : public I2cBus {
 public:
  /// What fits the transmit FIFO beside START with the address, and STOP.
  static constexpr std::size_t kMaxWriteBytes = 2;

  constexpr Lpi2c(chip::Lpi2cRegs& regs, Clock& clock) : regs_(regs), clock_(clock) {}

  /// 100 kHz from a functional clock of 24 MHz. The caller enables the interrupt line.
  void Start();
  /// To be called by the interrupt handler: it only wakes who waits.
  void OnInterrupt() { regs_.MIER = 0; }

  Status Write(std::uint8_t address, const std::uint8_t* data, std::size_t size) override;
  Status Read(std::uint8_t address, std::uint8_t& byte) override;

 private:
  void Command(std::uint32_t command, std::uint32_t data);
  Status WaitForStop();

  chip::Lpi2cRegs& regs_;
  Clock& clock_;
};

}  // namespace drivers
