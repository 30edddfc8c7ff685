#include "chip/field.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

TEST_CASE("a field puts, gets and replaces its bits and no others") {
  using Middle = chip::Field<4, 3>;
  static_assert(Middle::kMask == 0x70 && Middle::kMax == 7);
  CHECK(Middle::Put(5) == 0x50);
  CHECK(Middle::Get(0xFFFF'FFDF) == 5);
  CHECK(Middle::Replace(0xFFFF'FFFF, 0) == 0xFFFF'FF8F);
  CHECK(Middle::Replace(0, 7) == 0x70);
}

TEST_CASE("a field may reach the top bit or be the whole register") {
  static_assert(chip::Field<31>::kMask == 0x8000'0000);
  static_assert(chip::Field<0, 32>::kMask == 0xFFFF'FFFF);
  CHECK(chip::Field<31>::Put(1) == 0x8000'0000);
  CHECK(chip::Field<0, 32>::Get(0x1234'5678) == 0x1234'5678);
}

TEST_CASE("a value that does not fit is our mistake") {
  CHECK_THROWS_AS(chip::Field<4>::Put(2), std::logic_error);
}
