/// \file
/// From the model's output tensor to a label and scores.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/vision/quantisation.hpp"

namespace app {

/// Index of the largest value, the first of equals; `count` must not be 0.
std::size_t IndexOfLargest(const std::int8_t* values, std::size_t count);
/// The real value in ten thousandths, halves to even, as Python's round(value, 4).
std::int32_t TenThousandths(std::int8_t value, const Quantisation& quantisation);

}  // namespace app
