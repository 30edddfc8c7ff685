/// \file
/// The line whose crossings are counted, between two points of the picture.
#pragma once

#include <cstdint>

#include "app/count/box.hpp"

namespace app {

/// As seen from the line's first point towards its second.
enum class Side : std::uint8_t { kUnknown, kLeft, kRight };

class CountingLine {
 public:
  /// Who is nearer to the line than this is on neither side, so that nobody who stands on it
  /// crosses it again and again.
  static constexpr std::int32_t kMargin = 2 * kSubpixels;

  /// The points must differ.
  constexpr CountingLine(Point from, Point to) : from_(from), to_(to) {}

  Side SideOf(Point point) const;
  /// Whether the way from `before` to `now`, from one side to the other, leads between the two
  /// points and not past them.
  bool IsCrossedBy(Point before, Point now) const;

 private:
  Point from_;
  Point to_;
};

}  // namespace app
