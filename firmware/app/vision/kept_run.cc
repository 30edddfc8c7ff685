#include "app/vision/kept_run.hpp"

#include <algorithm>

namespace app {

namespace {

constexpr std::uint32_t kMark = 0x52D5;
constexpr unsigned kSkippedBits = 12;
constexpr std::uint32_t kShortestSleepS = 2;  // the second that has begun is not whole any more

}  // namespace

void KeptRun::Write(std::uint32_t (&words)[kWords]) const {
  words[0] = kMark << 16 | static_cast<std::uint32_t>(request.mode) << 8 |
             static_cast<std::uint32_t>(request.rest);
  words[1] = request.frames;
  words[2] = done;
  words[3] = request.period_ms / 1000 << kSkippedBits | std::min(skipped, kMaxSkipped);
  words[4] = due_s;
}

bool KeptRun::Read(const std::uint32_t (&words)[kWords], KeptRun& run) {
  const std::uint32_t mode = words[0] >> 8 & 0xFF;
  const std::uint32_t rest = words[0] & 0xFF;
  const std::uint32_t period_s = words[3] >> kSkippedBits;
  if (words[0] >> 16 != kMark || mode > static_cast<std::uint32_t>(drivers::SleepMode::kSnvs) ||
      rest > static_cast<std::uint32_t>(drivers::Camera::Rest::kGated) || period_s == 0) {
    return false;
  }
  run.request.sleeps = true;
  run.request.mode = static_cast<drivers::SleepMode>(mode);
  run.request.rest = static_cast<drivers::Camera::Rest>(rest);
  run.request.frames = words[1];
  run.request.period_ms = period_s * 1000;
  run.done = words[2];
  run.skipped = words[3] & kMaxSkipped;
  run.due_s = words[4];
  return true;
}

std::uint32_t KeptRun::SkipUntil(std::uint32_t now_s) {
  const std::uint32_t period_s = request.period_ms / 1000;
  const std::uint32_t earliest_s = now_s + kShortestSleepS;
  if (static_cast<std::int32_t>(due_s - earliest_s) >= 0) {
    return 0;
  }
  const std::uint32_t late = (earliest_s - due_s + period_s - 1) / period_s;
  due_s += late * period_s;
  skipped = std::min(skipped + late, kMaxSkipped);
  return late;
}

}  // namespace app
