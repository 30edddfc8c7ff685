#include "app/vision/preprocess.hpp"

namespace app {

[[gnu::section(".itcm.preprocess")]] void Preprocess(const std::uint8_t* frame, std::size_t pixels,
                                                     std::int8_t* tensor) {
  for (std::size_t i = 0; i < pixels; ++i) {
    const auto rgb565 = static_cast<std::uint16_t>(frame[2 * i] << 8 | frame[2 * i + 1]);
    const Pixel pixel = ConvertPixel(rgb565);
    tensor[3 * i] = pixel.red;
    tensor[3 * i + 1] = pixel.green;
    tensor[3 * i + 2] = pixel.blue;
  }
}

}  // namespace app
