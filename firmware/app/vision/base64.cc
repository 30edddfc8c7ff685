#include "app/vision/base64.hpp"

namespace app {

namespace {

constexpr std::size_t kGroup = 4;  // characters, of three bytes
constexpr int kNone = -1;

int ValueOf(char c) {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  if (c == '+') {
    return 62;
  }
  return c == '/' ? 63 : kNone;
}

}  // namespace

bool DecodeBase64(std::string_view text, std::uint8_t* bytes, std::size_t room, std::size_t& size) {
  size = 0;
  if (text.size() % kGroup != 0) {
    return false;
  }
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
    ++padding;
  }
  const std::size_t wanted = text.size() / kGroup * 3 - padding;
  if (wanted > room) {
    return false;
  }
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_padding = i >= text.size() - padding;
    const int value = is_padding ? 0 : ValueOf(text[i]);
    if (value == kNone) {
      return false;
    }
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if (i % kGroup != kGroup - 1) {
      continue;
    }
    for (int shift = 16; shift >= 0 && size < wanted; shift -= 8) {
      bytes[size++] = static_cast<std::uint8_t>(bits >> shift);
    }
  }
  return true;
}

}  // namespace app
