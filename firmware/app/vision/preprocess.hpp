/// \file
/// From the camera's pixels to the model's input tensor.
#pragma once

#include <cstddef>
#include <cstdint>

namespace app {

/// One RGB565 pixel as the tensor has it: 0..255 by bit replication, minus 128 (scale 1/255, zero
/// point -128).
struct Pixel {
  std::int8_t red;
  std::int8_t green;
  std::int8_t blue;
};

constexpr Pixel ConvertPixel(std::uint16_t rgb565) {
  const std::uint32_t red = rgb565 >> 11;
  const std::uint32_t green = (rgb565 >> 5) & 0x3F;
  const std::uint32_t blue = rgb565 & 0x1F;
  // Minus 128 turns the top bit of an unsigned byte over.
  return {static_cast<std::int8_t>((red << 3 | red >> 2) ^ 0x80),
          static_cast<std::int8_t>((green << 2 | green >> 4) ^ 0x80),
          static_cast<std::int8_t>((blue << 3 | blue >> 2) ^ 0x80)};
}

/// `pixels` RGB565 pixels, high byte first, to as many R, G, B triples.
void Preprocess(const std::uint8_t* frame, std::size_t pixels, std::int8_t* tensor);

}  // namespace app
