#include "app/classify/scores.hpp"

#include <doctest/doctest.h>

using app::IndexOfLargest;
using app::TenThousandths;

TEST_CASE("the largest value wins, the first of equals") {
  const std::int8_t values[] = {-128, 5, 127, 127, 0};
  CHECK(IndexOfLargest(values, 5) == 2);
  const std::int8_t same[] = {-128, -128};
  CHECK(IndexOfLargest(same, 2) == 0);
  CHECK(IndexOfLargest(values, 1) == 0);
}

TEST_CASE("a softmax of 1/256 comes out in four decimals, halves to even") {
  const app::Quantisation softmax = {1.0F / 256, -128};
  CHECK(TenThousandths(-128, softmax) == 0);
  CHECK(TenThousandths(127, softmax) == 9961);  // 0.99609375
  CHECK(TenThousandths(0, softmax) == 5000);
  CHECK(TenThousandths(-120, softmax) == 312);  // 0.03125: a half, to even
  CHECK(TenThousandths(-104, softmax) == 938);  // 0.09375: a half, to even
  CHECK(TenThousandths(-127, softmax) == 39);   // 0.00390625
}

TEST_CASE("other quantisations may give negative values") {
  const app::Quantisation symmetric = {0.5F, 0};
  CHECK(TenThousandths(-3, symmetric) == -15'000);
  const app::Quantisation fine = {0.00005F, 0};
  CHECK(TenThousandths(-3, fine) == -1);  // -1.4999.. ten thousandths
}
