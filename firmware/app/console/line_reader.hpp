/// \file
/// Bytes into command lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

class LineReader {
 public:
  static constexpr std::size_t kMaxCharacters = 128;

  enum class Result : std::uint8_t {
    kMore,      // the line is not complete, or it was empty
    kLine,      // Text() is a line
    kTooLong,   // a line of more than kMaxCharacters has ended; Text() is how it began
    kNotText,   // a line has ended that holds other than printable ASCII
    kOverflow,  // input was lost; what had been read of its line is dropped
  };

  /// Takes one byte, or drivers::Lpuart::kOverflow. Text() holds until the next call.
  Result Feed(std::uint16_t byte);
  std::string_view Text() const { return std::string_view(line_, size_); }
  /// Whether the next byte begins a line.
  bool AtLineBegin() const { return ended_ || size_ == 0; }

 private:
  void Begin();

  char line_[kMaxCharacters] = {};
  std::size_t size_ = 0;
  bool ended_ = false;
  bool too_long_ = false;
  bool not_text_ = false;
};

}  // namespace app
