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
    kUnknown,
    kBadArgument,
  };

  Kind kind = Kind::kNone;
  std::uint32_t count = 0;  // of kRun; 0 = until kStop
  bool on = false;          // of kProfile
};

/// Parses a line of printable characters.
Command ParseCommand(std::string_view line);

}  // namespace app
