#include "drivers/arducam.hpp"

#include <initializer_list>

namespace drivers {

namespace {

// ArduChip registers.
constexpr std::uint8_t kTest = 0x00;
constexpr std::uint8_t kFrames = 0x01;
constexpr std::uint8_t kTiming = 0x03;
constexpr std::uint8_t kFifo = 0x04;
constexpr std::uint8_t kGpioDirection = 0x05;
constexpr std::uint8_t kGpio = 0x06;
constexpr std::uint8_t kCpldReset = 0x07;
constexpr std::uint8_t kBurstFifoRead = 0x3C;
constexpr std::uint8_t kRevision = 0x40;
constexpr std::uint8_t kTrigger = 0x41;
constexpr std::uint8_t kFifoSize1 = 0x42;
constexpr std::uint8_t kFifoSize2 = 0x43;
constexpr std::uint8_t kFifoSize3 = 0x44;
constexpr std::uint8_t kWriteFlag = 0x80;

constexpr std::uint8_t kFifoClear = 0x01;
constexpr std::uint8_t kFifoStart = 0x02;
constexpr std::uint8_t kGpioPowerDown = 0x02;
constexpr std::uint8_t kGpioPowerEnable = 0x04;
constexpr std::uint8_t kCaptureDone = 0x08;
constexpr std::uint8_t kFifoSize3Mask = 0x7F;

constexpr std::uint8_t kFirstPattern = 0x55;
constexpr std::uint8_t kLastPattern = 0xAA;  // stays in the test register

constexpr std::uint32_t kPowerUpMs = 150;  // some 100 ms after power the camera answers
constexpr std::uint32_t kCpldResetMs = 100;
constexpr std::uint32_t kWakeUpMs = 10;  // the sensor's clock, before SCCB
constexpr std::uint32_t kCaptureLimitMs = 1000;
constexpr std::uint32_t kLookMs = 2;  // a capture takes one to two frames, 67 to 134 ms

/// Holds the chip select down as long as it lives.
class Selection {
 public:
  explicit Selection(Output& select) : select_(select) { select_.Set(false); }
  ~Selection() { select_.Set(true); }
  Selection(const Selection&) = delete;
  Selection& operator=(const Selection&) = delete;

 private:
  Output& select_;
};

}  // namespace

Status Arducam::WriteRegister(std::uint8_t reg, std::uint8_t value) {
  const Selection selection(select_);
  const std::uint8_t bytes[] = {static_cast<std::uint8_t>(reg | kWriteFlag), value};
  return spi_.Transfer(bytes, nullptr, sizeof bytes);
}

Status Arducam::ReadRegister(std::uint8_t reg, std::uint8_t& value) {
  const Selection selection(select_);
  const std::uint8_t send[] = {reg, 0};
  std::uint8_t receive[] = {0, 0};
  const Status status = spi_.Transfer(send, receive, sizeof send);
  value = receive[1];
  return status;
}

Status Arducam::CheckLink() {
  for (const std::uint8_t pattern : {kFirstPattern, kLastPattern}) {
    std::uint8_t found = 0;
    if (WriteRegister(kTest, pattern) != Status::kOk || ReadRegister(kTest, found) != Status::kOk ||
        found != pattern) {
      return Status::kLinkDead;
    }
  }
  return Status::kOk;
}

Status Arducam::AwaitLink() {
  const Deadline deadline(clock_, kPowerUpMs);
  for (;;) {
    const Status status = CheckLink();
    if (status == Status::kOk || deadline.Expired()) {
      return status;
    }
    clock_.Sleep();
  }
}

/// Whether the bytes just read are to be trusted. A link that was lost reads as anything, a camera
/// that was without power has forgotten what the test register held, and a sensor that was has
/// forgotten its settings.
Status Arducam::CheckAfterBurst() {
  std::uint8_t found = 0;
  if (ReadRegister(kTest, found) != Status::kOk || found != kLastPattern ||
      CheckLink() != Status::kOk) {
    return Status::kLinkDead;
  }
  return sensor_.CheckSettings() == Status::kOk ? Status::kOk : Status::kNotReady;
}

Status Arducam::Start(Identity& identity) {
  const Status link = AwaitLink();
  if (link == Status::kOk) {
    static_cast<void>(WriteRegister(kCpldReset, 0x80));
    clock_.Delay(kCpldResetMs);
    static_cast<void>(WriteRegister(kCpldReset, 0x00));
    clock_.Delay(kCpldResetMs);
  }
  Status sensor = sensor_.Identify(identity.sensor);
  if (link != Status::kOk) {
    return sensor == Status::kOk || sensor == Status::kWrongDevice ? link : Status::kAbsent;
  }
  if (sensor == Status::kOk) {
    sensor = sensor_.Configure();
  }
  if (sensor == Status::kOk) {
    sensor = sensor_.WaitUntilSettled();
  }
  if (sensor != Status::kOk) {
    return sensor == Status::kWrongDevice ? sensor : Status::kNack;
  }
  Status status = WriteRegister(kFrames, 0);  // one frame a capture
  if (status == Status::kOk) {
    status = WriteRegister(kTiming, 0);  // VSYNC active high, as the sensor has it
  }
  if (status == Status::kOk) {
    status = WriteRegister(kFifo, kFifoClear);
  }
  if (status == Status::kOk) {
    status = ReadRegister(kRevision, identity.revision);
  }
  return status == Status::kOk ? status : Status::kLinkDead;
}

Status Arducam::WaitUntilDone() {
  const Deadline deadline(clock_, kCaptureLimitMs);
  std::uint8_t trigger = 0;
  for (;;) {
    const Status status = ReadRegister(kTrigger, trigger);
    if (status != Status::kOk) {
      return Status::kLinkDead;
    }
    if ((trigger & kCaptureDone) != 0) {
      return Status::kOk;
    }
    if (deadline.Expired()) {
      return Status::kTimeout;
    }
    clock_.Delay(kLookMs);
  }
}

Status Arducam::ReadLength(std::uint32_t& length) {
  std::uint8_t bytes[3] = {};
  for (const std::uint8_t reg : {kFifoSize1, kFifoSize2, kFifoSize3}) {
    if (ReadRegister(reg, bytes[reg - kFifoSize1]) != Status::kOk) {
      return Status::kLinkDead;
    }
  }
  length = static_cast<std::uint32_t>(bytes[0] | bytes[1] << 8 | (bytes[2] & kFifoSize3Mask) << 16);
  return Status::kOk;
}

Status Arducam::ReadFifo(std::uint8_t* data, std::size_t size) {
  const Selection selection(select_);
  const std::uint8_t command = kBurstFifoRead;
  if (spi_.Transfer(&command, nullptr, 1) != Status::kOk ||
      spi_.Transfer(nullptr, data, size) != Status::kOk) {
    return Status::kLinkDead;
  }
  return Status::kOk;
}

Status Arducam::TakePicture(std::uint32_t& fifo_length) {
  Status status = Status::kOk;
  // Once to flush the FIFO, once to clear the done flag, then the start: as all drivers do it.
  for (const std::uint8_t control : {kFifoClear, kFifoClear, kFifoStart}) {
    if (status == Status::kOk) {
      status = WriteRegister(kFifo, control);
    }
  }
  if (status != Status::kOk) {
    return Status::kLinkDead;
  }
  status = WaitUntilDone();
  return status == Status::kOk ? ReadLength(fifo_length) : status;
}

Status Arducam::Capture(std::uint8_t* frame, std::uint32_t& fifo_length) {
  fifo_length = 0;
  Status status = CheckLink();
  if (status != Status::kOk) {
    std::uint16_t identity = 0;
    const Status sensor = sensor_.Identify(identity);
    return sensor == Status::kOk || sensor == Status::kWrongDevice ? status : Status::kAbsent;
  }
  status = TakePicture(fifo_length);
  if (status == Status::kOk && fifo_length < kFormat.Bytes()) {
    status = TakePicture(fifo_length);
  }
  if (status != Status::kOk) {
    return status;
  }
  if (fifo_length < kFormat.Bytes() || fifo_length > kFormat.Bytes() + kMaxSurplusBytes) {
    // Of a sensor that has lost its settings no later frame would be right either.
    return sensor_.CheckSettings() == Status::kOk ? Status::kBadLength : Status::kNotReady;
  }
  status = ReadFifo(frame, kFormat.Bytes());
  return status == Status::kOk ? CheckAfterBurst() : status;
}

Status Arducam::PowerDown(Rest rest) {
  Status status = Status::kOk;
  if (rest == Rest::kLowPower) {
    status = WriteRegister(kGpio, kGpioPowerDown);
  } else if (rest == Rest::kGated) {
    status = WriteRegister(kGpio, 0);
    if (status == Status::kOk) {
      status = WriteRegister(kGpioDirection, kGpioPowerEnable);
    }
  }
  rest_ = rest;
  return status == Status::kOk ? status : Status::kLinkDead;
}

Status Arducam::PowerUp() {
  const Rest rest = rest_;
  rest_ = Rest::kOn;
  if (rest == Rest::kOn) {
    return Status::kOk;
  }
  if (rest == Rest::kGated) {
    Identity identity;
    return Start(identity);  // resets the module, which switches the supply on
  }
  if (WriteRegister(kGpio, 0) != Status::kOk) {
    return Status::kLinkDead;
  }
  clock_.Delay(kWakeUpMs);
  const Status status = sensor_.CheckSettings();
  return status == Status::kOk ? sensor_.WaitUntilSettled() : status;
}

Camera::Trouble Arducam::Explain(Status status) const {
  switch (status) {
    case Status::kAbsent:
      return {"camera_absent", "no answer on SPI and SCCB"};
    case Status::kWrongDevice:
      return {"camera_identity", "the sensor is not an OV2640"};
    case Status::kNack:
      return {"camera_sccb", "no answer on SCCB"};
    case Status::kTimeout:
      return {"camera_timeout", "capture not done within 1 s"};
    case Status::kNotReady:
      return {"camera_settings", "the sensor has lost its settings"};
    case Status::kBadLength:
      return {"camera_length", "fifo length"};
    default:
      return {"camera_spi", "the SPI test register does not keep its value"};
  }
}

}  // namespace drivers
