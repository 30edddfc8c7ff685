/// \file
/// ArduCAM Mini 2MP Plus: a frame FIFO behind SPI registers (Arducam's "Arducam Chip" page), an
/// OV2640 behind it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/buses.hpp"
#include "drivers/camera.hpp"
#include "drivers/clock.hpp"
#include "drivers/ov2640.hpp"
#include "drivers/status.hpp"

namespace drivers {

class Arducam final : public Camera {
 public:
  static constexpr FrameFormat kFormat = Ov2640::kFormat;
  static constexpr std::uint32_t kMaxSpiHz = 8'000'000;

  constexpr Arducam(SpiBus& spi, Output& select, Ov2640& sensor, Clock& clock)
      : spi_(spi), select_(select), sensor_(sensor), clock_(clock) {}

  /// Looks for the camera, for 150 ms, and sets it up, some 600 ms. kAbsent: nothing answers on
  /// either bus; kLinkDead: only SCCB works; kNack: only SPI works; kWrongDevice: another sensor.
  Status Start(Identity& identity) override;
  /// The FIFO may say some bytes more than the frame has (8 on the Plus): they are not read.
  static constexpr std::uint32_t kMaxSurplusBytes = 64;

  /// Takes a picture into `frame`; a second one if the first is too short. kTimeout: not done
  /// within a second; kBadLength: the FIFO holds less than a frame or more than a frame and
  /// kMaxSurplusBytes, `fifo_length`; kLinkDead and kAbsent as Start(), also if it happened while
  /// the frame was read; kNotReady: the sensor has lost its settings.
  Status Capture(std::uint8_t* frame, std::uint32_t& fifo_length) override;
  /// By the pins of the module behind its register 0x06: the sensor's power-down, or its supply.
  Status PowerDown(Rest rest) override;
  /// Some 150 ms from kLowPower, some 600 ms from kGated, which is a Start().
  Status PowerUp() override;
  Trouble Explain(Status status) const override;

 private:
  Status CheckLink();
  Status AwaitLink();
  Status CheckAfterBurst();
  Status TakePicture(std::uint32_t& fifo_length);
  Status WaitUntilDone();
  Status ReadLength(std::uint32_t& length);
  Status ReadFifo(std::uint8_t* data, std::size_t size);
  Status WriteRegister(std::uint8_t reg, std::uint8_t value);
  Status ReadRegister(std::uint8_t reg, std::uint8_t& value);

  SpiBus& spi_;
  Output& select_;
  Ov2640& sensor_;
  Clock& clock_;
  Rest rest_ = Rest::kOn;
};

}  // namespace drivers
