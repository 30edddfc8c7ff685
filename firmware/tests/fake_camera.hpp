/// \file
/// An ArduCAM Mini 2MP Plus as its drivers see it: SPI registers with a FIFO, and the OV2640 behind
/// it on SCCB. It obeys the bench's file of camera transactions, as test_fake_camera.cc shows; what
/// that file does not ask for (FRAMES = 7, captures until the memory is full) it does not have.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "drivers/buses.hpp"
#include "fake_ov2640.hpp"
#include "fakes.hpp"

class FakeCamera final : public drivers::SpiBus, public drivers::Output, public drivers::I2cBus {
 public:
  using Bytes = std::vector<std::uint8_t>;
  static constexpr std::uint64_t kFramePeriodUs = FakeOv2640::kFramePeriodUs;
  static constexpr std::uint64_t kReadyUs = 100'000;
  static constexpr std::size_t kFrameBytes = 18'432;

  explicit FakeCamera(FakeClock& clock) : sensor(clock), clock_(clock) {
    SetDefaults();
    sensor.on_restart = [this] { ExpectAnew(0); };
  }

  // The world.

  void Feed(const Bytes& frame, const std::string& id = "-") { queue_.push_back({frame, id}); }
  std::size_t Queued() const { return queue_.size(); }
  /// Names and values as the file of transactions has them.
  void SetFault(const std::string& name) { SetFault(name, DefaultOf(name)); }
  void SetFault(const std::string& name, std::uint32_t value) {
    static_cast<void>(DefaultOf(name));  // refuses what is no fault
    faults_[name] = value;
    if (name == "sda_low") {
      held_clocks = value;
    }
    TellSensor();
  }
  void ClearFaults() {
    faults_.clear();
    held_clocks = 0;
    TellSensor();
  }
  void Reset(bool cold) {
    Set(true);
    if (cold) {
      sensor.Reset();
      SetDefaults();
      ready_us_ = clock_.now_us + kReadyUs;
      sensor.Restart(kReadyUs);
    }
  }

  /// A clock on SCL that is no transfer.
  void ClockScl() { held_clocks -= held_clocks != 0 ? 1 : 0; }

  FakeOv2640 sensor;
  unsigned held_clocks = 0;           // for which SDA is held low
  bool spi_clocks = true;             // else the bus itself does not answer
  std::vector<std::string> captured;  // ids, "-" for a frame that was not fed
  unsigned transfers_unselected = 0;
  std::string diagnosis;  // the last reason why a picture came out otherwise than it was fed

  // The buses.

  void Set(bool level) override {
    if (selected_ == level) {
      selected_ = !level;
      position_ = 0;
      is_ready_ = clock_.now_us >= ready_us_;
    }
  }

  Status Transfer(const std::uint8_t* send, std::uint8_t* receive, std::size_t size) override {
    if (!spi_clocks) {
      return Status::kTimeout;
    }
    CatchUp();
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint8_t answer = Exchange(send == nullptr ? 0 : send[i]);
      if (receive != nullptr) {
        receive[i] = answer;
      }
    }
    return Status::kOk;
  }

  Status Write(std::uint8_t address, const std::uint8_t* data, std::size_t size) override {
    if (held_clocks != 0 || !sensor.Answers(address)) {
      return Status::kNack;
    }
    sensor.Write(data, size);
    return Status::kOk;
  }

  Status Read(std::uint8_t address, std::uint8_t& byte) override {
    if (held_clocks != 0 || !sensor.Answers(address)) {
      return Status::kNack;
    }
    byte = sensor.Read();
    return Status::kOk;
  }

  /// Lets the captures end whose time has come; a change of the clock does not tell by itself.
  void CatchUp() {
    while (frame_end_us_ != kNever && clock_.now_us >= frame_end_us_) {
      EndFrame();
    }
  }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  static constexpr std::uint32_t kNoByte = 0xFFFF'FFFF;
  static constexpr std::uint64_t kCpldResetUs = 1'000;
  static constexpr std::size_t kSurplusBytes = 8;
  static constexpr std::uint32_t kMaxLength = 0x7F'FFFF;

  struct Fed {
    Bytes frame;
    std::string id;
  };

  /// Of a fault's value; 0 where it takes none.
  static std::uint32_t DefaultOf(const std::string& fault) {
    static const std::map<std::string, std::uint32_t> kFaults = {
        {"absent", 0},
        {"wrong_identity", 0},
        {"dead_spi", 0},
        {"capture_never_done", 0},
        {"late_frame", 200},
        {"length_zero", 0},
        {"length_too_long", 0},
        {"short_fifo", kFrameBytes / 2},
        {"stuck_bytes", 0},
        {"flipped_bytes", 256},
        {"sccb_nack", 0},
        {"exact_length", 0},
        {"unplugged", kFrameBytes / 2},
        {"brown_out", kFrameBytes / 2},
        {"settling", 8},
        {"sda_low", 9},
    };
    const auto found = kFaults.find(fault);
    if (found == kFaults.end()) {
      throw std::invalid_argument("no such fault: " + fault);
    }
    return found->second;
  }

  bool Has(const char* fault) const { return faults_.count(fault) != 0; }
  std::uint32_t ValueOf(const char* fault, std::uint32_t otherwise) const {
    const auto found = faults_.find(fault);
    return found == faults_.end() ? otherwise : found->second;
  }

  void TellSensor() {
    sensor.acknowledges = !Has("absent") && !Has("sccb_nack");
    sensor.settling = ValueOf("settling", 0);
    sensor.identity = Has("wrong_identity") ? 0x7721 : 0x2642;
  }

  void SetDefaults() {
    registers_ = {};
    fifo_.clear();
    pointer_ = 0;
    done_ = false;
    frames_left_ = 0;
    frame_end_us_ = kNever;
    DriveSensorPins();
  }

  // A command is an address byte and one data byte; only a burst goes on until the deselection.

  std::uint8_t Exchange(std::uint8_t byte) {
    if (Has("absent")) {
      return 0xFF;
    }
    if (Has("dead_spi")) {
      return 0;
    }
    if (!selected_) {
      ++transfers_unselected;
      return 0xFF;
    }
    if (!is_ready_) {
      return 0xFF;
    }
    if (position_++ == 0) {
      command_ = byte;
      return 0;
    }
    if (command_ == 0x3C) {
      return Pop();
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

  std::uint8_t ReadRegister(std::uint8_t reg) {
    switch (reg) {
      case 0x3D:
        return Pop();
      case 0x40:
        return 0x73;
      case 0x41:
        return done_ ? 8 : 0;
      case 0x42:
      case 0x43:
      case 0x44:
        return static_cast<std::uint8_t>(ShownLength() >> 8 * (reg - 0x42));
      case 0x45:
        return registers_[6];
      default:
        return IsStored(reg) ? registers_[reg] : 0;
    }
  }

  static bool IsStored(std::uint8_t reg) { return reg < 8 && reg != 4; }

  void WriteRegister(std::uint8_t reg, std::uint8_t value) {
    if (reg == 4) {
      ControlFifo(value);
    } else if (IsStored(reg)) {
      if (reg == 7 && (value & 0x80) != 0) {
        SetDefaults();
        ready_us_ = clock_.now_us + kCpldResetUs;
      }
      registers_[reg] = value;
      if (reg == 5 || reg == 6) {
        DriveSensorPins();
      }
    }
  }

  void ControlFifo(std::uint8_t value) {
    if ((registers_[7] & 0x80) != 0) {
      return;
    }
    if (frames_left_ != 0 && clock_.now_us > frame_begin_us_) {
      cut_us_ = clock_.now_us;
      fifo_.clear();
      pointer_ = 0;
    }
    if ((value & 0x01) != 0) {
      done_ = false;
    }
    if ((value & 0x10) != 0) {
      pointer_ = 0;
    }
    if ((value & 0x20) != 0) {
      fifo_.clear();
      pointer_ = 0;
    }
    if ((value & 0x02) != 0) {
      fifo_.clear();
      pointer_ = 0;
      frames_left_ = (registers_[1] & 7u) + 1;
      ExpectAnew(ValueOf("late_frame", 0) * std::uint64_t{1000});
    }
  }

  /// Reset and the LDO are driven only where GPIO_DIR makes the pin an output.
  void DriveSensorPins() {
    const unsigned low = registers_[5] & ~registers_[6];
    if ((low & 0x05) != 0) {
      sensor.Reset();
    }
    const bool awake = (low & 0x05) == 0 && (registers_[6] & 0x02) == 0;
    if (awake == sensor.awake) {
      return;
    }
    sensor.awake = awake;
    sensor.Restart(FakeOv2640::kResetUs);
  }

  // The FIFO.

  std::size_t Length() const {
    const std::size_t surplus = fifo_.empty() || Has("exact_length") ? 0 : kSurplusBytes;
    return std::min<std::size_t>(fifo_.size() + surplus, ValueOf("short_fifo", kMaxLength));
  }

  std::uint32_t ShownLength() const {
    if (Has("length_zero")) {
      return 0;
    }
    return Has("length_too_long") ? kMaxLength : static_cast<std::uint32_t>(Length());
  }

  std::uint8_t Pop() {
    if (pointer_ == ValueOf("unplugged", kNoByte)) {
      SetFault("absent");
      return 0xFF;
    }
    if (pointer_ == ValueOf("brown_out", kNoByte)) {
      faults_.erase("brown_out");
      sensor.Reset();
      SetDefaults();
      return 0;
    }
    if (pointer_ >= std::min(Length(), fifo_.size())) {
      return 0;
    }
    const std::size_t stuck = ValueOf("stuck_bytes", kMaxLength);
    std::uint8_t byte = fifo_[std::min(pointer_, stuck)];
    ++pointer_;
    const std::uint32_t flipped = ValueOf("flipped_bytes", 0);
    if (flipped != 0 && pointer_ % flipped == 0) {
      byte ^= 1;
    }
    return byte;
  }

  // Capture.

  void ExpectAnew(std::uint64_t late_us) {
    frame_end_us_ = kNever;
    if (frames_left_ != 0 && sensor.awake) {
      ExpectFrame(clock_.now_us, late_us);
    }
  }

  /// The next one from `time_us` on.
  void ExpectFrame(std::uint64_t time_us, std::uint64_t late_us) {
    frame_begin_us_ = sensor.NextFrame(time_us) + late_us;
    frame_end_us_ = frame_begin_us_ + kFramePeriodUs;
    cut_us_ = 0;
  }

  void EndFrame() {
    const std::uint64_t end_us = frame_end_us_;
    frame_end_us_ = kNever;
    if (Has("capture_never_done")) {
      return;
    }
    const FakeOv2640Output output = sensor.Output();
    if (output.IsHeld()) {
      diagnosis = output.Objection();
      ExpectFrame(end_us, 0);
      return;
    }
    captured.push_back("-");
    if (!queue_.empty()) {
      last_ = queue_.front().frame;
      captured.back() = queue_.front().id;
      queue_.pop_front();
    }
    Bytes frame = last_;
    if (frame.size() == kFrameBytes) {
      frame = ThroughSensor(frame, output);
    }
    if (cut_us_ != 0) {
      const std::uint64_t lost = frame.size() * (cut_us_ - frame_begin_us_) / kFramePeriodUs;
      frame.erase(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(lost));
    }
    fifo_.insert(fifo_.end(), frame.begin(), frame.end());
    if (--frames_left_ != 0) {
      ExpectFrame(end_us, 0);
    } else {
      done_ = true;
    }
  }

  Bytes ThroughSensor(const Bytes& picture, const FakeOv2640Output& output) {
    const unsigned light = sensor.Light(frame_begin_us_);
    const std::string objection = output.Objection();
    if (!objection.empty()) {
      diagnosis = objection;
    } else if (light <= sensor.settling) {
      diagnosis = "frame " + std::to_string(light) +
                  " since its start is taken, exposure settles over " +
                  std::to_string(sensor.settling) + ": the picture comes out dark";
    }
    return output.Render(picture, static_cast<int>(light), static_cast<int>(sensor.settling) + 1);
  }

  FakeClock& clock_;
  std::map<std::string, std::uint32_t> faults_;
  std::deque<Fed> queue_;
  Bytes last_ = Bytes(kFrameBytes);
  bool selected_ = false;
  std::size_t position_ = 0;
  std::uint8_t command_ = 0;
  std::array<std::uint8_t, 8> registers_ = {};
  Bytes fifo_;
  std::size_t pointer_ = 0;
  bool done_ = false;
  unsigned frames_left_ = 0;
  std::uint64_t frame_begin_us_ = 0;
  std::uint64_t frame_end_us_ = kNever;
  std::uint64_t cut_us_ = 0;  // when the FIFO control was written while the frame came in
  std::uint64_t ready_us_ = 0;
  bool is_ready_ = true;
};
