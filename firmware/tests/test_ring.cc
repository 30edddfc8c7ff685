#include "drivers/ring.hpp"

#include <doctest/doctest.h>

TEST_CASE("a ring gives back in order what it was given") {
  drivers::Ring<int, 4> ring;
  int value = 0;
  CHECK_FALSE(ring.Pop(value));
  for (int round = 0; round < 10; ++round) {
    CHECK(ring.Push(round));
    CHECK(ring.Push(round + 100));
    CHECK(ring.Size() == 2);
    REQUIRE(ring.Pop(value));
    CHECK(value == round);
    REQUIRE(ring.Pop(value));
    CHECK(value == round + 100);
  }
  CHECK(ring.Empty());
}

TEST_CASE("a full ring refuses and keeps what it has") {
  drivers::Ring<int, 2> ring;
  CHECK(ring.Push(1));
  CHECK(ring.Push(2));
  CHECK(ring.Free() == 0);
  CHECK_FALSE(ring.Push(3));
  int value = 0;
  REQUIRE(ring.Pop(value));
  CHECK(value == 1);
}
