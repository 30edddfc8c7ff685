#include "app/vision/run_request.hpp"

#include <string_view>

namespace app {

namespace {

bool ParseMode(std::string_view word, drivers::SleepMode& mode) {
  mode = word == "stop" ? drivers::SleepMode::kStop : drivers::SleepMode::kWait;
  return word == "wait" || word == "stop";
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
         (arguments.AtEnd() ||
          (arguments.TakeAll("camera") && ParseRest(arguments.TakeWord(), request.rest))) &&
         arguments.AtEnd();
}

}  // namespace app
