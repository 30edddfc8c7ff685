/// \file
/// What `run` is asked for: `run FRAMES [PERIOD_MS [sleep MODE [camera REST]]]`.
#pragma once

#include <cstdint>

#include "app/console/commands.hpp"
#include "drivers/camera.hpp"
#include "drivers/low_power.hpp"

namespace app {

struct RunRequest {
  std::uint32_t frames = 0;     // 0 = until told to stop
  std::uint32_t period_ms = 0;  // 0 = without a pause
  bool sleeps = false;          // between the frames in a mode, and with the camera at rest
  drivers::SleepMode mode = drivers::SleepMode::kWait;
  drivers::Camera::Rest rest = drivers::Camera::Rest::kLowPower;

  /// Each sleep ends in a boot, at whole seconds: the period has as many, two at least.
  bool Restarts() const { return sleeps && mode >= drivers::SleepMode::kSuspend; }
};

/// False when the arguments are others.
bool ParseRun(Arguments arguments, RunRequest& request);

}  // namespace app
