#include "app/vision/schedule.hpp"

namespace app {

void Schedule::Start(std::uint32_t now_ms, std::uint32_t period_ms) {
  period_ms_ = period_ms;
  due_ms_ = now_ms;
  skipped_ = 0;
}

bool Schedule::IsDue(std::uint32_t now_ms) const {
  return period_ms_ == 0 || static_cast<std::int32_t>(now_ms - due_ms_) >= 0;
}

std::uint32_t Schedule::Begin(std::uint32_t now_ms) {
  if (period_ms_ == 0) {
    return 0;
  }
  const std::uint32_t skipped = (now_ms - due_ms_) / period_ms_;
  due_ms_ += (skipped + 1) * period_ms_;
  skipped_ += skipped;
  return skipped;
}

}  // namespace app
