/// \file
/// Writes one event of the console protocol: a JSON object on a line of at most 512 bytes. The line
/// is ASCII; text, which is UTF-8, is escaped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

class JsonLine {
 public:
  static constexpr std::size_t kMaxBytes = 512;  // the newline included

  /// Begins `{"event":"<event>"`.
  explicit JsonLine(std::string_view event);

  JsonLine& Text(std::string_view key, std::string_view value);
  JsonLine& Number(std::string_view key, std::int64_t value);
  /// Lower-case hexadecimal in a string, with leading zeros, behind `prefix`.
  JsonLine& Hex(std::string_view key, std::uint64_t value, unsigned digits,
                std::string_view prefix = "");

  JsonLine& BeginObject(std::string_view key);
  JsonLine& EndObject();
  JsonLine& BeginArray(std::string_view key);
  /// An array within an array; EndArray() ends it.
  JsonLine& BeginItem();
  JsonLine& Item(std::int64_t value);
  /// A number given in ten thousandths, with four decimals.
  JsonLine& ItemTenThousandths(std::int32_t value);
  JsonLine& EndArray();

  /// What the line is so far, if it fitted.
  std::string_view Written() const { return std::string_view(buffer_, size_); }
  /// Ends the line. Empty if it did not fit: then nothing of it may be sent.
  std::string_view Finish();

 private:
  void Put(char c);
  void PutAll(std::string_view text);
  void PutKey(std::string_view key);
  void PutQuoted(std::string_view text);
  void PutUnit(std::uint32_t unit);
  void PutNumber(std::int64_t value);
  void Separate();

  char buffer_[kMaxBytes];
  std::size_t size_ = 0;
  bool overflow_ = false;
  bool first_ = true;
};

}  // namespace app
