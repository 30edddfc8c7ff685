/// \file
/// Puts a frame together that comes over the console: `frame`, lines of a colon and base64, and a
/// colon alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/vision/frame_record.hpp"

namespace app {

class FrameReceiver {
 public:
  static constexpr char kMark = ':';  // begins a line of data; no command does
  static constexpr std::uint32_t kSilenceLimitMs = 2000;

  enum class Result : std::uint8_t {
    kMore,      // nothing to be said yet
    kReceived,  // Record() and Label() are the frame's, its pixels are in place
    kFailed,    // Code() and Detail() say why; the rest of its data is passed over
  };

  /// Frames have `width` times `height` RGB565 pixels.
  constexpr FrameReceiver(unsigned width, unsigned height) : width_(width), height_(height) {}

  /// The next data are a frame, its pixels for `place`.
  void Begin(std::uint8_t* place, std::uint32_t now_ms);
  /// The next data are nobody's, and no error.
  void Ignore() { state_ = State::kIgnoring; }
  /// A line of data without its mark; empty, the end.
  Result Take(std::string_view text, std::uint32_t now_ms);
  /// True, once, when a frame was on its way that will not come: any other line ends it.
  bool Abort();
  /// True, once, when it has been silent for too long.
  bool Expired(std::uint32_t now_ms);

  const FrameRecord& Record() const { return record_; }
  std::string_view Label() const { return std::string_view(label_, record_.label_bytes); }
  std::string_view Code() const { return code_; }
  std::string_view Detail() const { return detail_; }

 private:
  enum class State : std::uint8_t {
    kIdle,
    kReceiving,
    kIgnoring,  // data of a frame that has failed
  };

  Result Fail(std::string_view code, std::string_view detail);
  Result End();
  bool Put(const std::uint8_t* bytes, std::size_t size);
  bool TakeHead();
  bool FailPut(std::string_view code, std::string_view detail);
  std::size_t FrameBytes() const { return std::size_t{2} * width_ * height_; }

  unsigned width_;
  unsigned height_;
  std::uint8_t* place_ = nullptr;
  State state_ = State::kIdle;
  std::uint32_t heard_ms_ = 0;
  std::size_t received_ = 0;
  std::uint8_t head_[FrameRecord::kHeadBytes] = {};
  char label_[FrameRecord::kMaxLabel] = {};
  FrameRecord record_;
  std::uint32_t crc32_ = 0;
  std::uint32_t sent_crc32_ = 0;
  std::string_view code_;
  std::string_view detail_;
};

}  // namespace app
