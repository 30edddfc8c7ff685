#include "app/vision/base64.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

/// What is decoded, or "refused".
std::string Decoded(std::string_view text, std::size_t room = 16) {
  std::uint8_t bytes[16];
  std::size_t size = 0;
  if (!app::DecodeBase64(text, bytes, room, size)) {
    return "refused";
  }
  return std::string(reinterpret_cast<const char*>(bytes), size);
}

}  // namespace

TEST_CASE("base64 is RFC 4648's") {
  CHECK(Decoded("").empty());
  CHECK(Decoded("Zg==") == "f");
  CHECK(Decoded("Zm8=") == "fo");
  CHECK(Decoded("Zm9v") == "foo");
  CHECK(Decoded("Zm9vYmFy") == "foobar");
  CHECK(Decoded("+/8A") == std::string("\xFB\xFF\0", 3));
}

TEST_CASE("what is no base64 is refused") {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zm9vY", "Zm 9", "Zm9-", "====", "=AAA", "A=AA", "Zg==Zg==",
        "Zm9v\x80"
        "AAA"}) {
    CAPTURE(text);
    CHECK(Decoded(text) == "refused");
  }
}

TEST_CASE("more than there is room for is refused") {
  CHECK(Decoded("Zm9v", 3) == "foo");
  CHECK(Decoded("Zm9v", 2) == "refused");
  CHECK(Decoded("Zm8=", 2) == "fo");
}
