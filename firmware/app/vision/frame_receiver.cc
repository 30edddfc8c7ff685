#include "app/vision/frame_receiver.hpp"

#include "app/console/line_reader.hpp"
#include "app/vision/base64.hpp"
#include "app/vision/crc32.hpp"

namespace app {

namespace {

constexpr std::size_t kLineBytes = LineReader::kMaxCharacters / 4 * 3;  // of the longest line

bool IsPrintable(std::uint8_t byte) { return byte >= ' ' && byte <= '~'; }

}  // namespace

void FrameReceiver::Begin(std::uint8_t* place, std::uint32_t now_ms) {
  place_ = place;
  state_ = State::kReceiving;
  heard_ms_ = now_ms;
  received_ = 0;
  record_ = {};
  crc32_ = 0;
  sent_crc32_ = 0;
}

FrameReceiver::Result FrameReceiver::Take(std::string_view text, std::uint32_t now_ms) {
  heard_ms_ = now_ms;
  if (state_ == State::kIgnoring) {
    return Result::kMore;
  }
  if (state_ == State::kIdle) {
    return Fail("frame_unexpected", "data without the command frame");
  }
  if (text.empty()) {
    return End();
  }
  std::uint8_t bytes[kLineBytes];
  std::size_t size = 0;
  if (!DecodeBase64(text, bytes, sizeof bytes, size)) {
    return Fail("frame_invalid", "not base64");
  }
  return Put(bytes, size) ? Result::kMore : Result::kFailed;
}

bool FrameReceiver::Abort() {
  const bool was_receiving = state_ == State::kReceiving;
  state_ = was_receiving ? State::kIgnoring : State::kIdle;
  return was_receiving;
}

bool FrameReceiver::Expired(std::uint32_t now_ms) {
  if (state_ != State::kReceiving || now_ms - heard_ms_ < kSilenceLimitMs) {
    return false;
  }
  return Abort();
}

FrameReceiver::Result FrameReceiver::Fail(std::string_view code, std::string_view detail) {
  state_ = State::kIgnoring;
  code_ = code;
  detail_ = detail;
  return Result::kFailed;
}

FrameReceiver::Result FrameReceiver::End() {
  const std::size_t wanted =
      FrameRecord::kHeadBytes + record_.label_bytes + FrameBytes() + FrameRecord::kCrcBytes;
  if (received_ != wanted) {
    return Fail("frame_length", "bytes are missing");
  }
  if (sent_crc32_ != crc32_) {
    return Fail("frame_crc", "not the CRC-32 of what came");
  }
  state_ = State::kIdle;
  return Result::kReceived;
}

/// False when it has failed.
bool FrameReceiver::Put(const std::uint8_t* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t pixels_at = FrameRecord::kHeadBytes + record_.label_bytes;
    const std::size_t crc_at = pixels_at + FrameBytes();
    const std::size_t at = received_++;
    if (at < crc_at) {
      crc32_ = Crc32(&bytes[i], 1, crc32_);
    }
    if (at < FrameRecord::kHeadBytes) {
      head_[at] = bytes[i];
      if (at == FrameRecord::kHeadBytes - 1 && !TakeHead()) {
        return false;
      }
    } else if (at < pixels_at) {
      if (!IsPrintable(bytes[i])) {
        return FailPut("frame_invalid", "a label that is no text");
      }
      label_[at - FrameRecord::kHeadBytes] = static_cast<char>(bytes[i]);
    } else if (at < crc_at) {
      place_[at - pixels_at] = bytes[i];
    } else if (at < crc_at + FrameRecord::kCrcBytes) {
      sent_crc32_ |= std::uint32_t{bytes[i]} << 8 * (at - crc_at);
    } else {
      return FailPut("frame_length", "more bytes than a frame");
    }
  }
  return true;
}

bool FrameReceiver::TakeHead() {
  const FrameRecord record = FrameRecord::Read(head_);
  if (record.version != FrameRecord::kVersion) {
    return FailPut("frame_invalid", "another version of the record");
  }
  if (record.format != FrameRecord::kRgb565) {
    return FailPut("frame_invalid", "another format than RGB565");
  }
  if (record.width != width_ || record.height != height_ || record.length != FrameBytes()) {
    return FailPut("frame_invalid", "another size than the model's");
  }
  if (record.label_bytes > FrameRecord::kMaxLabel) {
    return FailPut("frame_invalid", "a label of more than 32 bytes");
  }
  record_ = record;
  return true;
}

bool FrameReceiver::FailPut(std::string_view code, std::string_view detail) {
  static_cast<void>(Fail(code, detail));
  return false;
}

}  // namespace app
