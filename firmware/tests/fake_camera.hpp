/// \file
/// An ArduCAM Mini 2MP Plus as its drivers see it: SPI registers with a FIFO, SCCB registers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "drivers/buses.hpp"
#include "fakes.hpp"

class FakeCamera final : public drivers::SpiBus, public drivers::Output, public drivers::I2cBus {
 public:
  explicit FakeCamera(FakeClock& clock) : clock_(clock) {}

  // What a test can set.
  bool spi_answers = true;
  bool spi_works = true;
  bool sccb_acknowledges = true;
  bool done_never = false;
  std::uint16_t identity = 0x2642;
  std::uint32_t capture_ms = 67;
  std::uint32_t extra_length = 0;
  std::vector<std::uint8_t> frame = std::vector<std::uint8_t>(18432);

  // What a test can look at.
  unsigned captures = 0;
  unsigned transfers_unselected = 0;
  std::array<std::map<std::uint8_t, std::uint8_t>, 2> sensor;  // by bank

  void Set(bool level) override {
    selected_ = !level;
    position_ = 0;
  }

  Status Transfer(const std::uint8_t* send, std::uint8_t* receive, std::size_t size) override {
    if (!spi_works) {
      return Status::kTimeout;
    }
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint8_t answer = spi_answers ? Exchange(send == nullptr ? 0 : send[i]) : 0xFF;
      if (receive != nullptr) {
        receive[i] = answer;
      }
    }
    return Status::kOk;
  }

  Status Write(std::uint8_t address, const std::uint8_t* data, std::size_t size) override {
    if (!sccb_acknowledges || address != 0x30) {
      return Status::kNack;
    }
    sensor_register_ = data[0];
    if (size == 2) {
      if (data[0] == 0xFF) {
        bank_ = data[1] & 1;
      } else {
        sensor[bank_][data[0]] = data[1];
      }
    }
    return Status::kOk;
  }

  Status Read(std::uint8_t address, std::uint8_t& byte) override {
    if (!sccb_acknowledges || address != 0x30) {
      return Status::kNack;
    }
    if (bank_ == 1 && (sensor_register_ == 0x0A || sensor_register_ == 0x0B)) {
      byte = static_cast<std::uint8_t>(sensor_register_ == 0x0A ? identity >> 8 : identity);
    } else {
      byte = sensor[bank_][sensor_register_];
    }
    return Status::kOk;
  }

 private:
  std::uint8_t Exchange(std::uint8_t byte) {
    if (!selected_) {
      ++transfers_unselected;
      return 0xFF;
    }
    if (position_++ == 0) {
      command_ = byte;
      return 0;
    }
    if (command_ == 0x3C) {
      return pointer_ < frame.size() ? frame[pointer_++] : 0;
    }
    if (position_ != 2) {
      return 0;
    }
    if ((command_ & 0x80) != 0) {
      WriteRegister(command_ & 0x7F, byte);
      return 0;
    }
    return ReadRegister(command_);
  }

  void WriteRegister(std::uint8_t reg, std::uint8_t value) {
    registers_[reg] = value;
    if (reg == 0x04 && (value & 1) != 0) {
      started_ = false;
    }
    if (reg == 0x04 && (value & 2) != 0) {
      started_ = true;
      start_ms_ = clock_.now_ms;
      pointer_ = 0;
      ++captures;
    }
  }

  std::uint8_t ReadRegister(std::uint8_t reg) {
    const std::uint32_t length = static_cast<std::uint32_t>(frame.size()) + extra_length;
    switch (reg) {
      case 0x40:
        return 0x73;
      case 0x41:
        return started_ && !done_never && clock_.now_ms - start_ms_ >= capture_ms ? 8 : 0;
      case 0x42:
        return static_cast<std::uint8_t>(length);
      case 0x43:
        return static_cast<std::uint8_t>(length >> 8);
      case 0x44:
        return static_cast<std::uint8_t>(length >> 16);
      default:
        return registers_[reg];
    }
  }

  FakeClock& clock_;
  bool selected_ = false;
  std::size_t position_ = 0;
  std::uint8_t command_ = 0;
  std::array<std::uint8_t, 128> registers_ = {};
  bool started_ = false;
  std::uint32_t start_ms_ = 0;
  std::size_t pointer_ = 0;
  unsigned bank_ = 0;
  std::uint8_t sensor_register_ = 0;
};
