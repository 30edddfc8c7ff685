#include "app/console/json_line.hpp"

namespace app {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

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
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      Put('\\');
      Put(c);
    } else if (byte < 0x20 || byte >= 0x7F) {
      PutAll("\\u00");
      Put(kHexDigits[byte >> 4]);
      Put(kHexDigits[byte & 0xF]);
    } else {
      Put(c);
    }
  }
  Put('"');
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
