#include "drivers/ov2640.hpp"

#include "drivers/ov2640_settings.hpp"

namespace drivers {

namespace {

constexpr std::uint8_t kProduct = 0x26;
constexpr std::uint8_t kVersions[] = {0x41, 0x42};
constexpr std::uint32_t kResetMs = 100;
constexpr std::uint32_t kFrameMs = 67;
constexpr std::uint32_t kSettleLimitMs = 1000;
constexpr unsigned kSteadyFrames = 2;

static_assert(Ov2640::kFormat.width == ov2640::kOutput && Ov2640::kFormat.height == ov2640::kOutput,
              "the settings are for this format");

}  // namespace

Status Ov2640::WriteRegister(std::uint8_t reg, std::uint8_t value) {
  const std::uint8_t data[] = {reg, value};
  return bus_.Write(kAddress, data, sizeof data);
}

Status Ov2640::ReadRegister(std::uint8_t reg, std::uint8_t& value) {
  // SCCB has no repeated START: two transfers.
  const Status status = bus_.Write(kAddress, &reg, 1);
  return status == Status::kOk ? bus_.Read(kAddress, value) : status;
}

Status Ov2640::Identify(std::uint16_t& identity) {
  std::uint8_t product = 0;
  std::uint8_t version = 0;
  Status status = WriteRegister(ov2640::kBankSelect, ov2640::kBankSensor);
  if (status == Status::kOk) {
    status = ReadRegister(ov2640::kPidh, product);
  }
  if (status == Status::kOk) {
    status = ReadRegister(ov2640::kPidl, version);
  }
  if (status != Status::kOk) {
    return status;
  }
  identity = static_cast<std::uint16_t>(product << 8 | version);
  for (const std::uint8_t known : kVersions) {
    if (product == kProduct && version == known) {
      return Status::kOk;
    }
  }
  return Status::kWrongDevice;
}

Status Ov2640::Configure() {
  Status status = WriteRegister(ov2640::kBankSelect, ov2640::kBankSensor);
  if (status == Status::kOk) {
    status = WriteRegister(ov2640::kCom7, ov2640::kCom7Reset);
  }
  if (status != Status::kOk) {
    return status;
  }
  clock_.Delay(kResetMs);
  for (const ov2640::Setting& setting : ov2640::kRgb565At96x96) {
    status = WriteRegister(setting.reg, setting.value);
    if (status != Status::kOk) {
      return status;
    }
  }
  status = CheckSettings();
  return status == Status::kNotReady ? Status::kBusError : status;
}

Status Ov2640::CheckSettings() {
  std::uint8_t width = 0;
  Status status = WriteRegister(ov2640::kBankSelect, ov2640::kBankDsp);
  if (status == Status::kOk) {
    status = ReadRegister(ov2640::kZmow, width);
  }
  return status == Status::kOk && width != kFormat.width / 4 ? Status::kNotReady : status;
}

Status Ov2640::WaitUntilSettled() {
  Status status = WriteRegister(ov2640::kBankSelect, ov2640::kBankSensor);
  std::uint8_t exposure = 0;
  if (status == Status::kOk) {
    status = ReadRegister(ov2640::kAec, exposure);
  }
  const Deadline deadline(clock_, kSettleLimitMs);
  for (unsigned steady = 0; status == Status::kOk && steady < kSteadyFrames;) {
    clock_.Delay(kFrameMs);
    const std::uint8_t before = exposure;
    status = ReadRegister(ov2640::kAec, exposure);
    steady = exposure == before ? steady + 1 : 0;
    if (deadline.Expired()) {
      break;
    }
  }
  return status;
}

}  // namespace drivers
