/// \file
/// Puts a frame together that comes over the console: the command `frame`, and a record's line
/// behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/vision/frame_record.hpp"
#include "app/vision/record_line.hpp"

namespace app {

class FrameReceiver {
 public:
  static constexpr std::uint32_t kSilenceLimitMs = 2000;

  enum class Result : std::uint8_t {
    kMore,      // nothing to be said yet
    kReceived,  // Record() and Label() are the frame's, its pixels are in place
    kFailed,    // Code() and Detail() say why; the rest of its line is passed over
  };

  /// Frames have `width` times `height` RGB565 pixels.
  constexpr FrameReceiver(unsigned width, unsigned height) : width_(width), height_(height) {}

  /// The next record is a frame, its pixels for `place`.
  void Begin(std::uint8_t* place, std::uint32_t now_ms);
  /// The next record is nobody's, and no error.
  void Ignore() { state_ = State::kIgnoring; }
  /// A byte of a record's line, from its mark to its newline.
  Result Take(std::uint8_t byte, std::uint32_t now_ms);
  /// True, once, when a frame was expected that will not come: any other line ends it.
  bool Abort();
  /// True, once, when it has been silent for too long.
  bool Expired(std::uint32_t now_ms);

  /// Whether the mark of a record's line has come, and not its newline.
  bool IsWithinLine() const { return within_line_; }
  /// Whether a frame is to come.
  bool IsExpecting() const { return state_ == State::kExpecting; }
  /// Whether what comes, and is no command, may be the rest of a frame that has failed.
  bool IsIgnoring() const { return state_ == State::kIgnoring; }

  const FrameRecord& Record() const { return record_; }
  std::string_view Label() const { return std::string_view(label_, record_.label_bytes); }
  std::string_view Code() const { return code_; }
  std::string_view Detail() const { return detail_; }

 private:
  enum class State : std::uint8_t {
    kIdle,
    kExpecting,  // a record, or its rest
    kIgnoring,
  };

  Result Fail(std::string_view code, std::string_view detail);
  Result BeginLine();
  Result EndLine();
  Result Put(std::uint8_t byte);
  Result TakeHead();
  std::size_t FrameBytes() const { return std::size_t{2} * width_ * height_; }

  unsigned width_;
  unsigned height_;
  std::uint8_t* place_ = nullptr;
  State state_ = State::kIdle;
  bool within_line_ = false;
  std::uint32_t heard_ms_ = 0;
  RecordLineReader line_;
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
