/// \file
/// What a tensor's int8 values stand for.
#pragma once

#include <cstdint>

namespace app {

/// real = (quantised - zero_point) * scale
struct Quantisation {
  float scale;
  std::int32_t zero_point;
};

}  // namespace app
