#include "app/vision/record_line.hpp"

namespace app {

namespace {

constexpr std::uint8_t kNewline = '\n';
constexpr std::uint8_t kFullRun = 255;  // of 254 bytes, and no zero behind them

}  // namespace

// COBS (Cheshire and Baker, 1999) leaves no zero; what it makes is exclusive-ored with the newline,
// so that it leaves no newline.

RecordLineWriter::RecordLineWriter(std::uint8_t* place) : place_(place), size_(3), code_at_(2) {
  place_[0] = kNewline;
  place_[1] = kRecordMark;
}

void RecordLineWriter::Put(const std::uint8_t* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (bytes[i] != 0) {
      place_[size_++] = bytes[i] ^ kNewline;
      ++code_;
    }
    if (bytes[i] == 0 || code_ == kFullRun) {
      EndRun();
    }
  }
}

void RecordLineWriter::EndRun() {
  place_[code_at_] = code_ ^ kNewline;
  code_at_ = size_++;
  code_ = 1;
}

std::size_t RecordLineWriter::Finish() {
  place_[code_at_] = code_ ^ kNewline;
  place_[size_++] = kNewline;
  return size_;
}

bool RecordLineReader::Feed(std::uint8_t coded, std::uint8_t& byte) {
  const std::uint8_t value = coded ^ kNewline;  // no zero: the line would have ended
  if (left_ != 0) {
    --left_;
    byte = value;
    return true;
  }
  const bool zero_between = code_ != 0 && code_ != kFullRun;
  code_ = value;
  left_ = static_cast<std::uint8_t>(value - 1);
  byte = 0;
  return zero_between;
}

}  // namespace app
