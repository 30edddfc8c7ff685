#include "app/vision/crc32.hpp"

#include <doctest/doctest.h>

#include <cstring>

namespace {

std::uint32_t Of(const char* text) {
  return app::Crc32(reinterpret_cast<const std::uint8_t*>(text), std::strlen(text));
}

}  // namespace

TEST_CASE("the CRC-32 is zlib's") {
  CHECK(Of("123456789") == 0xCBF4'3926);  // the check value of the standard
  CHECK(Of("") == 0);
  CHECK(Of("a") == 0xE8B7'BE43);
  CHECK(Of("The quick brown fox jumps over the lazy dog") == 0x414F'A339);
}
