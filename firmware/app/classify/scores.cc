#include "app/classify/scores.hpp"

namespace app {

std::size_t IndexOfLargest(const std::int8_t* values, std::size_t count) {
  std::size_t largest = 0;
  for (std::size_t i = 1; i < count; ++i) {
    if (values[i] > values[largest]) {
      largest = i;
    }
  }
  return largest;
}

std::int32_t TenThousandths(std::int8_t value, const Quantisation& quantisation) {
  // The scale's 24 bits, 9 of the difference and 14 of the factor fit a double: this is exact.
  const double scaled = static_cast<double>(value - quantisation.zero_point) *
                        static_cast<double>(quantisation.scale) * 10'000.0;
  auto whole = static_cast<std::int32_t>(scaled);
  double rest = scaled - whole;
  if (rest < 0) {  // the conversion cuts towards zero
    --whole;
    rest += 1;
  }
  const bool up = rest > 0.5 || (rest == 0.5 && (whole & 1) != 0);
  return up ? whole + 1 : whole;
}

}  // namespace app
