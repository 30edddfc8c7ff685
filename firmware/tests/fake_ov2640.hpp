/// \file
/// An OV2640 as its driver sees it: two banks of registers on SCCB. It obeys the bench's file of
/// camera transactions, as test_fake_camera.cc shows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "fake_ov2640_output.hpp"
#include "fakes.hpp"

class FakeOv2640 {
 public:
  static constexpr std::uint8_t kAddress = 0x30;
  static constexpr std::uint8_t kBankSelect = 0xFF;
  static constexpr unsigned kDsp = 0;
  static constexpr unsigned kSensor = 1;

  static constexpr std::uint64_t kFramePeriodUs = 66'667;
  static constexpr std::uint64_t kResetUs = 3'000;

  explicit FakeOv2640(const FakeClock& clock) : clock_(clock), began_us_(clock.now_us) {
    SetDefaults();
  }

  // What a test can set.
  bool acknowledges = true;
  bool awake = true;  // of its reset and power-down pins
  std::uint16_t identity = 0x2642;
  unsigned settling = 0;  // frames over which the exposure settles
  std::function<void()> on_restart = [] {};

  // What a test can look at, by bank.
  std::array<std::array<std::uint8_t, 256>, 2> registers = {};

  void Reset() {
    SetDefaults();
    Restart(kResetUs);
  }

  /// Silence on SCCB for so long, then the first frame.
  void Restart(std::uint64_t silent_us) {
    began_us_ = clock_.now_us + silent_us;
    on_restart();
  }

  /// When the first frame begins that does not begin before `time_us`.
  std::uint64_t NextFrame(std::uint64_t time_us) const {
    if (time_us <= began_us_) {
      return began_us_;
    }
    const std::uint64_t frames = (time_us - began_us_ + kFramePeriodUs - 1) / kFramePeriodUs;
    return began_us_ + frames * kFramePeriodUs;
  }

  /// How far the exposure has settled by then, of `settling` + 1 steps.
  unsigned Light(std::uint64_t time_us) const {
    if ((registers[kSensor][kCom8] & 1) == 0 || time_us < began_us_) {
      return 1;
    }
    const std::uint64_t frames = (time_us - began_us_) / kFramePeriodUs;
    return static_cast<unsigned>(std::min<std::uint64_t>(frames, settling)) + 1;
  }

  void SetDefaults() {
    registers = {};
    Preset(kDsp, {0x05, 0x01, 0x44, 0x0C, 0x51, 0x40, 0x52, 0xF0, 0x55, 0x08, 0x5A, 0x58, 0x5B,
                  0x48, 0x86, 0x0D, 0x87, 0x50, 0xC0, 0x80, 0xC1, 0x60, 0xC2, 0x0C, 0xC3, 0xFF,
                  0xD3, 0x82, 0xE0, 0x04, 0xF0, 0x04, 0xF7, 0x60, 0xF8, 0x01, 0xF9, 0x40});
    Preset(kSensor, {0x04, 0x20, 0x08, 0x40, 0x10, 0x33, 0x11, 0x00, 0x13, 0xC7, 0x17,
                     0x11, 0x18, 0x75, 0x19, 0x01, 0x1A, 0x97, 0x1C, 0x7F, 0x1D, 0xA2});
    bank_ = kDsp;
    address_ = 0;
  }

  bool Answers(std::uint8_t address) const {
    return address == kAddress && acknowledges && awake && clock_.now_us >= began_us_;
  }

  /// What a write carries behind the device's address; more than two bytes are not looked at.
  void Write(const std::uint8_t* data, std::size_t size) {
    if (size > 0) {
      address_ = data[0];
    }
    if (size > 1) {
      Store(data[1]);
    }
  }

  /// The register addressed last.
  std::uint8_t Read() const {
    if (address_ == kBankSelect) {
      return static_cast<std::uint8_t>(bank_);
    }
    if (bank_ == kSensor && address_ == kPidh) {
      return static_cast<std::uint8_t>(identity >> 8);
    }
    if (bank_ == kSensor && address_ == kPidl) {
      return static_cast<std::uint8_t>(identity);
    }
    if (bank_ == kSensor && address_ == kAec && settling != 0) {
      return static_cast<std::uint8_t>(registers[kSensor][kAec] + Light(clock_.now_us) - 1);
    }
    return registers[bank_][address_];
  }

  FakeOv2640Output Output() const { return {registers[kDsp], registers[kSensor]}; }

 private:
  static constexpr std::uint8_t kPidh = 0x0A;
  static constexpr std::uint8_t kPidl = 0x0B;
  static constexpr std::uint8_t kAec = 0x10;
  static constexpr std::uint8_t kCom7 = 0x12;
  static constexpr std::uint8_t kCom8 = 0x13;

  template <std::size_t kSize>
  void Preset(unsigned bank, const std::uint8_t (&pairs)[kSize]) {
    for (std::size_t i = 0; i < kSize; i += 2) {
      registers[bank][pairs[i]] = pairs[i + 1];
    }
  }

  void Store(std::uint8_t value) {
    if (address_ == kBankSelect) {
      bank_ = value & 1;
    } else if (bank_ == kSensor && address_ == kCom7 && (value & 0x80) != 0) {
      Reset();
    } else if (bank_ != kSensor || !IsReadOnly(address_)) {
      registers[bank_][address_] = value;
    }
  }

  static bool IsReadOnly(std::uint8_t reg) {
    return reg == kPidh || reg == kPidl || reg == 0x1C || reg == 0x1D;
  }

  const FakeClock& clock_;
  std::uint64_t began_us_;
  unsigned bank_ = kDsp;
  std::uint8_t address_ = 0;
};
