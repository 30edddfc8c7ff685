/// \file
/// LPI2C as a master at 100 kHz. It sleeps during a transfer; the interrupt wakes it.
///
/// A device that was cut off in the middle of a byte holds SDA low, and no START can be made: a
/// transfer that finds no end makes up to nine clocks and a STOP by hand (NXP's UM10204, 3.1.16)
/// and is tried once more.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/lpi2c.hpp"
#include "drivers/buses.hpp"
#include "drivers/clock.hpp"
#include "drivers/i2c_lines.hpp"
#include "drivers/status.hpp"

namespace drivers {

class Lpi2c final : public I2cBus {
 public:
  /// What fits the transmit FIFO beside START with the address, and STOP.
  static constexpr std::size_t kMaxWriteBytes = 2;

  constexpr Lpi2c(chip::Lpi2cRegs& regs, I2cLines& lines, Clock& clock)
      : regs_(regs), lines_(lines), clock_(clock) {}

  /// 100 kHz from a functional clock of 24 MHz. The caller enables the interrupt line.
  void Start();
  /// To be called by the interrupt handler: it only wakes who waits.
  void OnInterrupt() { regs_.MIER = 0; }

  Status Write(std::uint8_t address, const std::uint8_t* data, std::size_t size) override;
  Status Read(std::uint8_t address, std::uint8_t& byte) override;

 private:
  void Command(std::uint32_t command, std::uint32_t data);
  Status WaitForStop();
  Status TryWrite(std::uint8_t address, const std::uint8_t* data, std::size_t size);
  Status TryRead(std::uint8_t address, std::uint8_t& byte);
  bool FreeBus();

  chip::Lpi2cRegs& regs_;
  I2cLines& lines_;
  Clock& clock_;
};

}  // namespace drivers
