#include "app/vision/format.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

std::string Formatted(std::size_t size, const char* format, ...) {
  char buffer[128];
  std::va_list arguments;
  va_start(arguments, format);
  const std::size_t used = app::FormatList(buffer, size, format, arguments);
  va_end(arguments);
  return std::string(buffer, used);
}

}  // namespace

TEST_CASE("the conversions that TFLM's messages use") {
  CHECK(Formatted(128, "%d and %i", -5, 7) == "-5 and 7");
  CHECK(Formatted(128, "%u", 4'000'000'000u) == "4000000000");
  CHECK(Formatted(128, "%x", 0xBEEFu) == "beef");
  CHECK(Formatted(128, "%s|%s", "text", static_cast<const char*>(nullptr)) == "text|(null)");
  CHECK(Formatted(128, "%c%%", 'a') == "a%");
  CHECK(Formatted(128, "%zu", sizeof(int)) == "4");
  CHECK(Formatted(128, "%ld %lld", -3L, -9'000'000'000'000'000'000LL) == "-3 -9000000000000000000");
  CHECK(Formatted(128, "%f %f", 1.5, -0.0000005) == "1.500000 -0.000001");
}

TEST_CASE("widths pad with blanks or zeros") {
  CHECK(Formatted(128, "%5d|%05d|%5d", 42, -42, -42) == "   42|-0042|  -42");
  CHECK(Formatted(128, "%08x", 0x12AB) == "000012ab");
}

TEST_CASE("what does not fit is cut, never written") {
  CHECK(Formatted(4, "%s", "abcdef") == "abcd");
  CHECK(Formatted(0, "%d", 1).empty());
}

TEST_CASE("reals that are no numbers, or too large, say so") {
  CHECK(Formatted(128, "%f", 0.0 / 0.0) == "nan");
  CHECK(Formatted(128, "%f", -1e300) == "-large");
}

TEST_CASE("odd formats do no harm") {
  CHECK(Formatted(128, "100%") == "100");
  CHECK(Formatted(128, "%y") == "y");
  CHECK(Formatted(128, "%.3f", 0.25) == "0.250000");
}

TEST_CASE("arguments may be given directly") {
  char buffer[16];
  const std::size_t size = app::Format(buffer, sizeof buffer, "length %u", 9216u);
  CHECK(std::string(buffer, size) == "length 9216");
}
