/// \file
/// The one error enumeration of the firmware.
#pragma once

#include <cstdint>

enum class [[nodiscard]] Status : std::uint8_t {
  kOk,
  kTimeout,      // a bounded wait ran out
  kNack,         // an I2C target did not acknowledge
  kBusError,     // arbitration lost, FIFO error: the bus is not as it should be
  kAbsent,       // nothing answers
  kLinkDead,     // the SPI test register does not hold what was written
  kWrongDevice,  // something answers, but it is not the expected part
  kBadLength,    // a FIFO holds another amount of data than a frame
  kNotReady,     // a device was not initialised
  kInvalid,      // an argument or a model makes no sense
  kFailed,       // the operation itself says that it failed
};
