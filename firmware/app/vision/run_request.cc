#include "app/vision/run_request.hpp"

#include <string_view>

namespace app {

namespace {

bool ParseMode(std::string_view word, drivers::SleepMode& mode) {
  using drivers::SleepMode;
  struct {
    std::string_view word;
    SleepMode mode;
  } static constexpr kModes[] = {
      {"wait", SleepMode::kWait},
      {"stop", SleepMode::kStop},
      {"suspend", SleepMode::kSuspend},
      {"snvs", SleepMode::kSnvs},
  };
  for (const auto& one : kModes) {
    if (word == one.word) {
      mode = one.mode;
      return true;
    }
  }
  return false;
}

bool ParseRest(std::string_view word, drivers::Camera::Rest& rest) {
  using Rest = drivers::Camera::Rest;
  rest = word == "on" ? Rest::kOn : word == "gated" ? Rest::kGated : Rest::kLowPower;
  return word == "on" || word == "low-power" || word == "gated";
}

}  // namespace

bool ParseRun(Arguments arguments, RunRequest& request) {
  if (!arguments.TakeNumber(request.frames)) {
    return false;
  }
  if (!arguments.AtEnd() && !arguments.TakeNumber(request.period_ms)) {
    return false;
  }
  if (arguments.AtEnd()) {
    return true;
  }
  request.sleeps = true;
  return request.period_ms != 0 && arguments.TakeAll("sleep") &&
         ParseMode(arguments.TakeWord(), request.mode) &&
         (!request.Restarts() || (request.period_ms % 1000 == 0 && request.period_ms >= 2000)) &&
         (arguments.AtEnd() ||
          (arguments.TakeAll("camera") && ParseRest(arguments.TakeWord(), request.rest))) &&
         arguments.AtEnd();
}

}  // namespace app
