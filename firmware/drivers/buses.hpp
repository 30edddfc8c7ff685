/// \file
/// What the camera's drivers need of SPI, I2C and a pin; the host tests put a camera behind them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/status.hpp"

namespace drivers {

class SpiBus {
 public:
  /// Exchanges `size` bytes; sends zeros where `send` is null, drops what comes where `receive` is.
  virtual Status Transfer(const std::uint8_t* send, std::uint8_t* receive, std::size_t size) = 0;

 protected:
  ~SpiBus() = default;
};

class I2cBus {
 public:
  /// START, address, the bytes, STOP.
  virtual Status Write(std::uint8_t address, const std::uint8_t* data, std::size_t size) = 0;
  /// START, address, one byte, STOP.
  virtual Status Read(std::uint8_t address, std::uint8_t& byte) = 0;

 protected:
  ~I2cBus() = default;
};

class Output {
 public:
  virtual void Set(bool level) = 0;

 protected:
  ~Output() = default;
};

}  // namespace drivers
