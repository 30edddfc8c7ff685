#include "app/console/json_line.hpp"

namespace app {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

/// The first code point of UTF-8 text (RFC 3629); a byte that begins none stands for itself.
CodePoint FirstOf(std::string_view text) {
  const auto at = [text](std::size_t place) { return static_cast<unsigned char>(text[place]); };
  const unsigned char lead = at(0);
  const std::size_t bytes = lead < 0xC2   ? 1
                            : lead < 0xE0 ? 2
                            : lead < 0xF0 ? 3
                            : lead < 0xF5 ? 4
                                          : 1;
  if (bytes == 1 || bytes > text.size()) {
    return {lead, 1};
  }
  std::uint32_t value = lead & (0x7Fu >> bytes);
  for (std::size_t place = 1; place < bytes; ++place) {
    if ((at(place) & 0xC0) != 0x80) {
      return {lead, 1};
    }
    value = value << 6 | (at(place) & 0x3F);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (value < kLeast[bytes] || surrogate || value > 0x10FFFF) {
    return {lead, 1};
  }
  return {value, bytes};
}

}  // namespace

JsonLine::JsonLine(std::string_view event) {
  Put('{');
  Text("event", event);
}

void JsonLine::Put(char c) {
  if (size_ < kMaxBytes) {
    buffer_[size_++] = c;
  } else {
    overflow_ = true;
  }
}

void JsonLine::PutAll(std::string_view text) {
  for (const char c : text) {
    Put(c);
  }
}

void JsonLine::PutQuoted(std::string_view text) {
  Put('"');
  while (!text.empty()) {
    const char c = text.front();
    std::size_t taken = 1;
    if (c == '"' || c == '\\') {
      Put('\\');
      Put(c);
    } else if (c >= 0x20 && c < 0x7F) {
      Put(c);
    } else {
      const CodePoint point = FirstOf(text);
      taken = point.bytes;
      if (point.value < 0x10000) {
        PutUnit(point.value);
      } else {  // a pair of surrogates (RFC 8259, section 7)
        PutUnit(0xD800 + ((point.value - 0x10000) >> 10));
        PutUnit(0xDC00 + ((point.value - 0x10000) & 0x3FF));
      }
    }
    text.remove_prefix(taken);
  }
  Put('"');
}

void JsonLine::PutUnit(std::uint32_t unit) {
  PutAll("\\u");
  for (int shift = 12; shift >= 0; shift -= 4) {
    Put(kHexDigits[unit >> shift & 0xF]);
  }
}

void JsonLine::PutNumber(std::int64_t value) {
  char digits[20];
  std::size_t count = 0;
  auto rest = static_cast<std::uint64_t>(value);
  if (value < 0) {
    Put('-');
    rest = 0 - rest;
  }
  do {
    digits[count++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  while (count > 0) {
    Put(digits[--count]);
  }
}

void JsonLine::Separate() {
  if (!first_) {
    Put(',');
  }
  first_ = false;
}

void JsonLine::PutKey(std::string_view key) {
  Separate();
  PutQuoted(key);
  Put(':');
}

JsonLine& JsonLine::Text(std::string_view key, std::string_view value) {
  PutKey(key);
  PutQuoted(value);
  return *this;
}

JsonLine& JsonLine::Number(std::string_view key, std::int64_t value) {
  PutKey(key);
  PutNumber(value);
  return *this;
}

JsonLine& JsonLine::Hex(std::string_view key, std::uint64_t value, unsigned digits,
                        std::string_view prefix) {
  PutKey(key);
  Put('"');
  PutAll(prefix);
  for (unsigned left = digits; left > 0; --left) {
    Put(kHexDigits[(value >> (4 * (left - 1))) & 0xF]);
  }
  Put('"');
  return *this;
}

JsonLine& JsonLine::BeginObject(std::string_view key) {
  PutKey(key);
  Put('{');
  first_ = true;
  return *this;
}

JsonLine& JsonLine::EndObject() {
  Put('}');
  first_ = false;
  return *this;
}

JsonLine& JsonLine::BeginArray(std::string_view key) {
  PutKey(key);
  Put('[');
  first_ = true;
  return *this;
}

JsonLine& JsonLine::BeginItem() {
  Separate();
  Put('[');
  first_ = true;
  return *this;
}

JsonLine& JsonLine::Item(std::int64_t value) {
  Separate();
  PutNumber(value);
  return *this;
}

JsonLine& JsonLine::ItemTenThousandths(std::int32_t value) {
  Separate();
  std::int64_t rest = value;
  if (rest < 0) {
    Put('-');
    rest = -rest;
  }
  PutNumber(rest / 10'000);
  Put('.');
  std::int64_t unit = 1'000;
  for (std::int64_t digits = rest % 10'000; unit > 0; unit /= 10) {
    Put(static_cast<char>('0' + digits / unit));
    digits %= unit;
  }
  return *this;
}

JsonLine& JsonLine::EndArray() {
  Put(']');
  first_ = false;
  return *this;
}

std::string_view JsonLine::Finish() {
  Put('}');
  Put('\n');
  return overflow_ ? std::string_view() : std::string_view(buffer_, size_);
}

}  // namespace app
