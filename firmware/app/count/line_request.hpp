/// \file
/// What `line` is asked for: `line X0 Y0 X1 Y1`, two different points of the picture.
#pragma once

#include <cstdint>

#include "app/console/commands.hpp"
#include "app/count/decoding.hpp"

namespace app {

struct LineRequest {
  std::uint32_t numbers[4] = {};  // x0, y0, x1, y1 in pixels
};

/// False when the arguments are others.
inline bool ParseLine(Arguments arguments, LineRequest& request) {
  for (std::uint32_t& number : request.numbers) {
    if (!arguments.TakeNumber(number) || number > kPicturePixels) {
      return false;
    }
  }
  const auto& [x0, y0, x1, y1] = request.numbers;
  return arguments.AtEnd() && (x0 != x1 || y0 != y1);
}

}  // namespace app
