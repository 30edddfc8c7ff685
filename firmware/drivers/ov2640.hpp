/// \file
/// OV2640 image sensor over SCCB, set to 96x96 RGB565, high byte first (OmniVision OV2640 data
/// sheet 1.6).
#pragma once

#include <cstdint>

#include "drivers/buses.hpp"
#include "drivers/camera.hpp"
#include "drivers/clock.hpp"
#include "drivers/status.hpp"

namespace drivers {

class Ov2640 {
 public:
  static constexpr std::uint8_t kAddress = 0x30;
  static constexpr FrameFormat kFormat = {96, 96};

  constexpr Ov2640(I2cBus& bus, Clock& clock) : bus_(bus), clock_(clock) {}

  /// Reads product number and version, 0x2641 or 0x2642; kWrongDevice for any other.
  Status Identify(std::uint16_t& identity);
  /// Resets the sensor and sets it up; takes some 170 ms.
  Status Configure();
  /// Lets the first frames pass until the exposure stays as it is, 1 s at most: what then still
  /// changes is the scene.
  Status WaitUntilSettled();
  /// kNotReady if the sensor no longer has what Configure() set.
  Status CheckSettings();

 private:
  Status WriteRegister(std::uint8_t reg, std::uint8_t value);
  Status ReadRegister(std::uint8_t reg, std::uint8_t& value);

  I2cBus& bus_;
  Clock& clock_;
};

}  // namespace drivers
