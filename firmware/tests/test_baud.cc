#include "drivers/baud.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace {

constexpr std::uint32_t kClockHz = 24'000'000;

double Off(std::uint32_t baud) {
  const drivers::BaudDividers found = drivers::DividersFor(kClockHz, baud);
  CHECK(found.oversampling >= 8);
  CHECK(found.oversampling <= 32);
  CHECK(found.sbr >= 1);
  return std::abs(kClockHz / double(found.oversampling * found.sbr) / baud - 1);
}

}  // namespace

TEST_CASE("the console's rates are exact or within 0.2 % of 24 MHz") {
  CHECK(Off(115'200) < 0.002);
  CHECK(Off(921'600) < 0.002);
  CHECK(Off(3'000'000) == 0);
}

TEST_CASE("16 samples a bit where nothing is better") {
  CHECK(drivers::DividersFor(kClockHz, 115'200).oversampling == 16);
  CHECK(drivers::DividersFor(kClockHz, 115'200).sbr == 13);
  CHECK(drivers::DividersFor(kClockHz, 1'500'000).oversampling == 16);
}
