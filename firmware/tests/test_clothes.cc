#include "app/count/clothes.hpp"

#include <doctest/doctest.h>

#include <vector>

using app::Box;
using app::Clothes;
using app::ClothesIn;

namespace {

constexpr std::int32_t kSide = 96;

/// Red above the waist of `kPerson` and blue below, on green.
std::vector<std::uint8_t> Frame() {
  std::vector<std::uint8_t> frame;
  for (std::int32_t y = 0; y < kSide; ++y) {
    for (std::int32_t x = 0; x < kSide; ++x) {
      const bool inside = x >= 22 && x < 38;
      const int rgb565 = !inside ? 0x07E0 : y < 40 ? 0xF800 : 0x001F;
      frame.push_back(static_cast<std::uint8_t>(rgb565 >> 8));
      frame.push_back(static_cast<std::uint8_t>(rgb565 & 0xFF));
    }
  }
  return frame;
}

constexpr Box Pixels(std::int32_t left, std::int32_t top, std::int32_t right, std::int32_t bottom) {
  constexpr std::int32_t kUnit = app::kSubpixels;
  return {left * kUnit, top * kUnit, right * kUnit, bottom * kUnit};
}

}  // namespace

TEST_CASE("the upper and the lower half have a colour each, without what is beside a person") {
  const Clothes clothes = ClothesIn(Frame().data(), kSide, Pixels(20, 20, 40, 60));
  const std::int32_t expected[] = {127, -128, -128, -128, -128, 127};
  for (int i = 0; i < Clothes::kChannels; ++i) {
    CHECK(clothes.colours[i] == expected[i]);
  }
}

TEST_CASE("the smallest box and those at the edges stay within the picture") {
  const std::vector<std::uint8_t> frame = Frame();
  for (const Box& box : {Box{0, 0, 1, 1}, Pixels(95, 95, 96, 96), Pixels(0, 0, 96, 96),
                         Box{1535, 1535, 1536, 1536}, Pixels(0, 95, 96, 96)}) {
    ClothesIn(frame.data(), kSide, box);  // the sanitizers look
  }
}

TEST_CASE("equal clothes are no distance apart, black and white the most") {
  Clothes black;
  Clothes white;
  for (int i = 0; i < Clothes::kChannels; ++i) {
    black.colours[i] = -128;
    white.colours[i] = 127;
  }
  CHECK(black.DistanceTo(black) == 0);
  CHECK(black.DistanceTo(white) == 6 * 255 * 255);
  Clothes grey = black;
  grey.Blend(white);
  CHECK(grey.colours[0] == -64);
}
