/// \file
/// What `run` is asked for: `run COUNT`, `run COUNT PERIOD_MS`.
#pragma once

#include <cstdint>

#include "app/console/commands.hpp"

namespace app {

struct RunRequest {
  std::uint32_t frames = 0;     // 0 = until told to stop
  std::uint32_t period_ms = 0;  // 0 = without a pause
};

/// False when the arguments are others.
inline bool ParseRun(Arguments arguments, RunRequest& request) {
  return arguments.TakeNumber(request.frames) &&
         (arguments.AtEnd() || arguments.TakeNumber(request.period_ms)) && arguments.AtEnd();
}

}  // namespace app
