/// \file
/// The frames that were asked for by `log N [from SEQUENCE] [period MS] [label TEXT]`, and when the
/// next is due.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/console/commands.hpp"
#include "app/vision/frame_record.hpp"
#include "app/vision/schedule.hpp"

namespace app {

struct LogRequest {
  std::uint32_t frames = 0;     // 0 = until told to stop
  std::uint32_t from = 0;       // the number that the first must get, 0 = any
  std::uint32_t period_ms = 0;  // 0 = without a pause
  char label[FrameRecord::kMaxLabel] = {};
  std::uint8_t label_bytes = 0;

  std::string_view Label() const { return std::string_view(label, label_bytes); }
};

/// False when the arguments are others.
bool ParseLog(Arguments arguments, LogRequest& request);

class LogQueue {
 public:
  static constexpr std::size_t kRequests = 8;

  enum class Answer : std::uint8_t {
    kTaken,
    kFull,        // so many wait already, or one without an end
    kOutOfOrder,  // the first would get another number than `from`
  };

  Answer Add(const LogRequest& request, std::uint32_t now_ms);
  /// Nothing more is asked for.
  void Clear() { count_ = 0; }
  bool Empty() const { return count_ == 0; }

  bool IsDue(std::uint32_t now_ms) const;
  /// A frame of Front() begins; how many periods have passed whole since it was due: those get no
  /// frame, and count as overruns.
  std::uint32_t Begin(std::uint32_t now_ms);
  /// What the next frame is for; not of an empty queue.
  const LogRequest& Front() const { return requests_[first_]; }
  /// It is there: the number that it has.
  std::uint32_t Take();

  /// Number of the last frame since boot, 0 before the first.
  std::uint32_t Sequence() const { return sequence_; }
  /// Frames still to come, without those that have no end.
  std::uint32_t Left() const;
  /// Periods since boot that had no frame because the one before was not done.
  std::uint32_t Overruns() const { return overruns_; }

 private:
  bool IsEndless() const;

  LogRequest requests_[kRequests];
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::uint32_t taken_ = 0;  // of the first request
  std::uint32_t sequence_ = 0;
  std::uint32_t overruns_ = 0;
  Schedule schedule_;
};

}  // namespace app
