/// \file
/// A run that goes on after a boot: what of it is kept in five words that outlive the sleep.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/vision/run_request.hpp"

namespace app {

struct KeptRun {
  static constexpr std::size_t kWords = 5;
  static constexpr std::uint32_t kMaxSkipped = 0xFFF;  // more are not told

  RunRequest request;
  std::uint32_t done = 0;     // frames
  std::uint32_t skipped = 0;  // periods
  std::uint32_t due_s = 0;    // the next frame, on the clock that goes on

  void Write(std::uint32_t (&words)[kWords]) const;
  /// False when the words are those of no run.
  static bool Read(const std::uint32_t (&words)[kWords], KeptRun& run);
  /// Periods from `due_s` on that are too late for a sleep of a second, which get no frame.
  std::uint32_t SkipUntil(std::uint32_t now_s);
};

}  // namespace app
