/// \file
/// A person's box, in sixteenths of a pixel.
#pragma once

#include <cstdint>

namespace app {

constexpr std::int32_t kSubpixels = 16;

struct Point {
  std::int32_t x;
  std::int32_t y;
};

struct Box {
  std::int32_t left;
  std::int32_t top;
  std::int32_t right;
  std::int32_t bottom;

  constexpr std::int32_t Width() const { return right - left; }
  constexpr std::int32_t Height() const { return bottom - top; }
  constexpr Point Middle() const { return {(left + right) / 2, (top + bottom) / 2}; }
};

}  // namespace app
