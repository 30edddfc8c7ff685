#include "app/console/line_reader.hpp"

#include "drivers/lpuart.hpp"

namespace app {

void LineReader::Begin() {
  size_ = 0;
  ended_ = false;
  too_long_ = false;
  not_text_ = false;
}

LineReader::Result LineReader::Feed(std::uint16_t byte) {
  if (ended_) {
    Begin();
  }
  if (byte == drivers::Lpuart::kOverflow) {
    Begin();
    return Result::kOverflow;
  }
  if (byte == '\n' || byte == '\r') {
    if (size_ == 0) {
      return Result::kMore;
    }
    ended_ = true;
    if (too_long_) {
      return Result::kTooLong;
    }
    return not_text_ ? Result::kNotText : Result::kLine;
  }
  if (size_ == kMaxCharacters) {
    too_long_ = true;
    return Result::kMore;
  }
  if (byte != '\t' && (byte < ' ' || byte > '~')) {
    not_text_ = true;
  }
  line_[size_++] = static_cast<char>(byte);
  return Result::kMore;
}

}  // namespace app
