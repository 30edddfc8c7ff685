#include "app/vision/format.hpp"

#include <cstdint>

namespace app {

namespace {

class Writer {
 public:
  Writer(char* buffer, std::size_t size) : buffer_(buffer), size_(size) {}

  void Put(char c) {
    if (used_ < size_) {
      buffer_[used_++] = c;
    }
  }
  void PutText(const char* text) {
    for (; *text != '\0'; ++text) {
      Put(*text);
    }
  }
  void PutUnsigned(std::uint64_t value, unsigned base, unsigned width, char padding,
                   bool negative = false) {
    constexpr char kDigits[] = "0123456789abcdef";
    char digits[20];
    unsigned count = 0;
    do {
      digits[count++] = kDigits[value % base];
      value /= base;
    } while (value != 0);
    const unsigned length = count + (negative ? 1 : 0);
    if (negative && padding == '0') {
      Put('-');
    }
    for (unsigned i = length; i < width; ++i) {
      Put(padding);
    }
    if (negative && padding != '0') {
      Put('-');
    }
    while (count > 0) {
      Put(digits[--count]);
    }
  }
  void PutSigned(std::int64_t value, unsigned width, char padding) {
    const auto bits = static_cast<std::uint64_t>(value);
    PutUnsigned(value < 0 ? 0 - bits : bits, 10, width, padding, value < 0);
  }
  /// Six decimals, as printf has it; what does not fit 63 bits is only called large.
  void PutReal(double value) {
    constexpr double kLimit = 9e12;
    constexpr std::uint64_t kUnit = 1'000'000;
    if (value != value) {
      PutText("nan");
      return;
    }
    if (value < 0) {
      Put('-');
      value = -value;
    }
    if (value >= kLimit) {
      PutText("large");
      return;
    }
    const auto scaled = static_cast<std::uint64_t>(value * kUnit + 0.5);
    PutUnsigned(scaled / kUnit, 10, 0, ' ');
    Put('.');
    PutUnsigned(scaled % kUnit, 10, 6, '0');
  }
  std::size_t Used() const { return used_; }

 private:
  char* buffer_;
  std::size_t size_;
  std::size_t used_ = 0;
};

/// What stands between % and the conversion letter.
struct Modifiers {
  unsigned width = 0;
  char padding = ' ';
  unsigned longs = 0;  // number of l; z counts as one
};

const char* ParseModifiers(const char* at, Modifiers& modifiers) {
  if (*at == '0') {
    modifiers.padding = '0';
    ++at;
  }
  while (*at >= '0' && *at <= '9') {
    modifiers.width = modifiers.width * 10 + static_cast<unsigned>(*at++ - '0');
  }
  while (*at == '.' || (*at >= '0' && *at <= '9')) {
    ++at;  // a precision is read over
  }
  for (; *at == 'l' || *at == 'z' || *at == 'h'; ++at) {
    modifiers.longs += *at == 'h' ? 0 : 1;
  }
  return at;
}

std::uint64_t TakeUnsigned(std::va_list& arguments, unsigned longs) {
  switch (longs) {
    case 0:
      return va_arg(arguments, unsigned);
    case 1:
      return va_arg(arguments, unsigned long);
    default:
      return va_arg(arguments, unsigned long long);
  }
}

std::int64_t TakeSigned(std::va_list& arguments, unsigned longs) {
  switch (longs) {
    case 0:
      return va_arg(arguments, int);
    case 1:
      return va_arg(arguments, long);
    default:
      return va_arg(arguments, long long);
  }
}

}  // namespace

std::size_t FormatList(char* buffer, std::size_t size, const char* format, std::va_list arguments) {
  Writer out(buffer, size);
  std::va_list rest;
  va_copy(rest, arguments);
  for (const char* at = format; *at != '\0'; ++at) {
    if (*at != '%') {
      out.Put(*at);
      continue;
    }
    Modifiers modifiers;
    at = ParseModifiers(at + 1, modifiers);
    if (*at == '\0') {
      break;
    }
    switch (*at) {
      case 'd':
      case 'i':
        out.PutSigned(TakeSigned(rest, modifiers.longs), modifiers.width, modifiers.padding);
        break;
      case 'u':
        out.PutUnsigned(TakeUnsigned(rest, modifiers.longs), 10, modifiers.width,
                        modifiers.padding);
        break;
      case 'x':
      case 'X':
        out.PutUnsigned(TakeUnsigned(rest, modifiers.longs), 16, modifiers.width,
                        modifiers.padding);
        break;
      case 'p':
        out.PutUnsigned(reinterpret_cast<std::uintptr_t>(va_arg(rest, void*)), 16, 8, '0');
        break;
      case 'c':
        out.Put(static_cast<char>(va_arg(rest, int)));
        break;
      case 's': {
        const char* text = va_arg(rest, const char*);
        out.PutText(text == nullptr ? "(null)" : text);
        break;
      }
      case 'f':
      case 'g':
      case 'e':
        out.PutReal(va_arg(rest, double));
        break;
      default:
        out.Put(*at);
        break;
    }
  }
  va_end(rest);
  return out.Used();
}

std::size_t Format(char* buffer, std::size_t size, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const std::size_t used = FormatList(buffer, size, format, arguments);
  va_end(arguments);
  return used;
}

}  // namespace app
