/// \file
/// What can be typed at the console.
#pragma once

#include <cstdint>
#include <string_view>

namespace app {

struct Command {
  enum class Kind : std::uint8_t {
    kNone,  // an empty line
    kInfo,
    kCapture,
    kInfer,
    kRun,
    kStop,
    kProfile,
    kReset,
    kLine,         // of the counter only
    kResetCounts,  // of the counter only
    kUnknown,
    kBadArgument,
  };

  Kind kind = Kind::kNone;
  std::uint32_t count = 0;        // of kRun; 0 = until kStop
  std::uint32_t period_ms = 0;    // of kRun; 0 = without a pause
  bool on = false;                // of kProfile
  std::uint32_t numbers[4] = {};  // of kLine: x0, y0, x1, y1 in pixels, 0 to 96
};

/// Parses a line of printable characters.
Command ParseCommand(std::string_view line);

}  // namespace app
