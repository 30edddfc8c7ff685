/// \file
/// What a person wears, as the tracker needs it: the mean colours of the upper and the lower half.
#pragma once

#include <cstdint>

#include "app/count/box.hpp"

namespace app {

/// Red, green and blue above, then below; -128 to 127 as the network sees a pixel.
struct Clothes {
  static constexpr int kChannels = 6;
  std::int32_t colours[kChannels] = {};

  /// Squares of the differences, summed: below 2^19.
  std::int32_t DistanceTo(const Clothes& other) const;
  /// Takes a quarter of what was seen now: one frame, in which somebody else is in front, is not
  /// all that there is.
  void Blend(const Clothes& seen);
};

/// Of the middle of a box within the picture; `frame` is the camera's, RGB565 with the high byte
/// first, `width` pixels wide.
Clothes ClothesIn(const std::uint8_t* frame, std::int32_t width, const Box& box);

}  // namespace app
