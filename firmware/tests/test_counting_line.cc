#include "app/count/counting_line.hpp"

#include <doctest/doctest.h>

using app::CountingLine;
using app::Point;
using app::Side;

namespace {

constexpr Point Pixels(int x, int y) { return {x * app::kSubpixels, y * app::kSubpixels}; }

}  // namespace

TEST_CASE("the sides are as seen from the first point towards the second") {
  const CountingLine upwards(Pixels(48, 96), Pixels(48, 0));
  CHECK(upwards.SideOf(Pixels(20, 50)) == Side::kLeft);
  CHECK(upwards.SideOf(Pixels(70, 50)) == Side::kRight);
  const CountingLine downwards(Pixels(48, 0), Pixels(48, 96));
  CHECK(downwards.SideOf(Pixels(20, 50)) == Side::kRight);
}

TEST_CASE("near the line is neither side") {
  const CountingLine line(Pixels(0, 40), Pixels(96, 40));
  CHECK(line.SideOf(Pixels(10, 40)) == Side::kUnknown);
  CHECK(line.SideOf(Pixels(10, 41)) == Side::kUnknown);
  CHECK(line.SideOf(Pixels(10, 42)) == Side::kRight);
  CHECK(line.SideOf(Pixels(10, 38)) == Side::kLeft);
}

TEST_CASE("a way past the ends of the line does not cross it") {
  const CountingLine line(Pixels(48, 60), Pixels(48, 20));
  CHECK(line.IsCrossedBy(Pixels(40, 40), Pixels(60, 44)));
  CHECK(line.IsCrossedBy(Pixels(60, 44), Pixels(40, 40)));
  CHECK_FALSE(line.IsCrossedBy(Pixels(40, 70), Pixels(60, 70)));
  CHECK_FALSE(line.IsCrossedBy(Pixels(40, 10), Pixels(60, 15)));
}
