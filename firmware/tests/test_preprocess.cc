#include "app/vision/preprocess.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>

TEST_CASE("every pixel value becomes its bits replicated, minus 128") {
  for (unsigned value = 0; value <= 0xFFFF; ++value) {
    const app::Pixel pixel = app::ConvertPixel(static_cast<std::uint16_t>(value));
    const int red = static_cast<int>(value / 2048 % 32);
    const int green = static_cast<int>(value / 32 % 64);
    const int blue = static_cast<int>(value % 32);
    const bool right = pixel.red == red * 8 + red / 4 - 128 &&
                       pixel.green == green * 4 + green / 16 - 128 &&
                       pixel.blue == blue * 8 + blue / 4 - 128;
    if (!right) {
      FAIL("pixel " << value);
    }
  }
}

TEST_CASE("black is -128 and white 127") {
  CHECK(app::ConvertPixel(0x0000).green == -128);
  CHECK(app::ConvertPixel(0xFFFF).red == 127);
  CHECK(app::ConvertPixel(0xFFFF).green == 127);
  CHECK(app::ConvertPixel(0xFFFF).blue == 127);
}

TEST_CASE("the high byte comes first and the tensor is red, green, blue") {
  const std::array<std::uint8_t, 6> frame = {0xF8, 0x00, 0x07, 0xE0, 0x00, 0x1F};
  std::array<std::int8_t, 10> tensor = {};
  tensor[9] = 42;
  app::Preprocess(frame.data(), 3, tensor.data());
  CHECK(tensor ==
        std::array<std::int8_t, 10>{127, -128, -128, -128, 127, -128, -128, -128, 127, 42});
}
