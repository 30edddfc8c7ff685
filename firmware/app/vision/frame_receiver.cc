#include "app/vision/frame_receiver.hpp"

#include "app/vision/crc32.hpp"

namespace app {

namespace {

constexpr std::uint8_t kNewline = '\n';

bool IsPrintable(std::uint8_t byte) { return byte >= ' ' && byte <= '~'; }

}  // namespace

void FrameReceiver::Begin(std::uint8_t* place, std::uint32_t now_ms) {
  place_ = place;
  state_ = State::kExpecting;
  heard_ms_ = now_ms;
}

FrameReceiver::Result FrameReceiver::Take(std::uint8_t byte, std::uint32_t now_ms) {
  heard_ms_ = now_ms;
  if (!within_line_) {
    return BeginLine();
  }
  if (byte == kNewline) {
    return EndLine();
  }
  std::uint8_t of_record = 0;
  const bool there = line_.Feed(byte, of_record);
  return there && state_ == State::kExpecting ? Put(of_record) : Result::kMore;
}

bool FrameReceiver::Abort() {
  const bool was_expecting = state_ == State::kExpecting;
  state_ = was_expecting ? State::kIgnoring : State::kIdle;
  within_line_ = false;
  return was_expecting;
}

bool FrameReceiver::Expired(std::uint32_t now_ms) {
  if (!within_line_ && state_ != State::kExpecting) {
    return false;
  }
  return now_ms - heard_ms_ >= kSilenceLimitMs && Abort();
}

FrameReceiver::Result FrameReceiver::Fail(std::string_view code, std::string_view detail) {
  state_ = State::kIgnoring;
  code_ = code;
  detail_ = detail;
  return Result::kFailed;
}

FrameReceiver::Result FrameReceiver::BeginLine() {
  within_line_ = true;
  line_ = {};
  received_ = 0;
  record_ = {};
  crc32_ = 0;
  sent_crc32_ = 0;
  return state_ == State::kIdle ? Fail("frame_unexpected", "a record without the command frame")
                                : Result::kMore;
}

FrameReceiver::Result FrameReceiver::EndLine() {
  within_line_ = false;
  const bool was_expecting = state_ == State::kExpecting;
  state_ = State::kIdle;
  if (!was_expecting) {
    return Result::kMore;
  }
  const std::size_t wanted =
      FrameRecord::kHeadBytes + record_.label_bytes + FrameBytes() + FrameRecord::kCrcBytes;
  if (received_ != wanted || !line_.IsWhole()) {
    return Fail("frame_length", "bytes are missing");  // they may come yet, behind a false newline
  }
  if (sent_crc32_ != crc32_) {
    static_cast<void>(Fail("frame_crc", "not the CRC-32 of what came"));
    state_ = State::kIdle;  // all of it has come
    return Result::kFailed;
  }
  return Result::kReceived;
}

FrameReceiver::Result FrameReceiver::Put(std::uint8_t byte) {
  const std::size_t pixels_at = FrameRecord::kHeadBytes + record_.label_bytes;
  const std::size_t crc_at = pixels_at + FrameBytes();
  const std::size_t at = received_++;
  if (at < crc_at) {
    crc32_ = Crc32(&byte, 1, crc32_);
  }
  if (at < FrameRecord::kHeadBytes) {
    head_[at] = byte;
    return at == FrameRecord::kHeadBytes - 1 ? TakeHead() : Result::kMore;
  }
  if (at < pixels_at) {
    if (!IsPrintable(byte)) {
      return Fail("frame_invalid", "a label that is no text");
    }
    label_[at - FrameRecord::kHeadBytes] = static_cast<char>(byte);
  } else if (at < crc_at) {
    place_[at - pixels_at] = byte;
  } else if (at < crc_at + FrameRecord::kCrcBytes) {
    sent_crc32_ |= std::uint32_t{byte} << 8 * (at - crc_at);
  } else {
    return Fail("frame_length", "more bytes than a frame");
  }
  return Result::kMore;
}

FrameReceiver::Result FrameReceiver::TakeHead() {
  const FrameRecord record = FrameRecord::Read(head_);
  if (record.version != FrameRecord::kVersion) {
    return Fail("frame_invalid", "another version of the record");
  }
  if (record.format != FrameRecord::kRgb565) {
    return Fail("frame_invalid", "another format than RGB565");
  }
  if (record.width != width_ || record.height != height_ || record.length != FrameBytes()) {
    return Fail("frame_invalid", "another size than the model's");
  }
  if (record.label_bytes > FrameRecord::kMaxLabel) {
    return Fail("frame_invalid", "a label of more than 32 bytes");
  }
  record_ = record;
  return Result::kMore;
}

}  // namespace app
