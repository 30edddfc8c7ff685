#include "app/count/counting_line.hpp"

#include <algorithm>
#include <cstdlib>

namespace app {

namespace {

/// Positive if `point` is to the right of the way from `a` to `b`; y grows downwards. Below 2^24.
std::int32_t Cross(Point a, Point b, Point point) {
  return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x);
}

}  // namespace

Side CountingLine::SideOf(Point point) const {
  const std::int32_t longer = std::max(std::abs(to_.x - from_.x), std::abs(to_.y - from_.y));
  const std::int32_t cross = Cross(from_, to_, point);
  if (std::abs(cross) < kMargin * longer) {
    return Side::kUnknown;
  }
  return cross > 0 ? Side::kRight : Side::kLeft;
}

bool CountingLine::IsCrossedBy(Point before, Point now) const {
  const std::int32_t from = Cross(before, now, from_);
  const std::int32_t to = Cross(before, now, to_);
  return (from <= 0 && to >= 0) || (from >= 0 && to <= 0);
}

}  // namespace app
