#include "app/count/clothes.hpp"

#include "app/vision/preprocess.hpp"

namespace app {

namespace {

/// Mean of every second pixel in each direction, from `from` up to but not including `to`, at least
/// the first.
void Mean(const std::uint8_t* frame, std::int32_t width, Point from, Point to,
          std::int32_t* colours) {
  std::int32_t red = 0;
  std::int32_t green = 0;
  std::int32_t blue = 0;
  std::int32_t count = 0;
  std::int32_t y = from.y;
  do {
    std::int32_t x = from.x;
    do {
      const std::uint8_t* bytes = frame + 2 * (y * width + x);
      const Pixel pixel = ConvertPixel(static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]));
      red += pixel.red;
      green += pixel.green;
      blue += pixel.blue;
      ++count;
      x += 2;
    } while (x < to.x);
    y += 2;
  } while (y < to.y);
  colours[0] = red / count;
  colours[1] = green / count;
  colours[2] = blue / count;
}

}  // namespace

std::int32_t Clothes::DistanceTo(const Clothes& other) const {
  std::int32_t sum = 0;
  for (int i = 0; i < kChannels; ++i) {
    const std::int32_t apart = colours[i] - other.colours[i];
    sum += apart * apart;
  }
  return sum;
}

void Clothes::Blend(const Clothes& seen) {
  for (int i = 0; i < kChannels; ++i) {
    colours[i] = (3 * colours[i] + seen.colours[i]) / 4;
  }
}

Clothes ClothesIn(const std::uint8_t* frame, std::int32_t width, const Box& box) {
  const std::int32_t left = box.left / kSubpixels;
  const std::int32_t top = box.top / kSubpixels;
  const std::int32_t wide = box.Width() / kSubpixels;
  const std::int32_t high = box.Height() / kSubpixels;
  // The sides are background, the head and the feet are alike in all.
  const std::int32_t from = left + wide / 4;
  const std::int32_t to = left + wide - wide / 4;
  const std::int32_t waist = top + high / 2;
  Clothes clothes;
  Mean(frame, width, {from, top + high / 5}, {to, waist}, clothes.colours);
  Mean(frame, width, {from, waist}, {to, top + high * 4 / 5}, clothes.colours + 3);
  return clothes;
}

}  // namespace app
