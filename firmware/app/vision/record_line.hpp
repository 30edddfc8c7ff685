/// \file
/// A record of bytes as one line of the console (docs/protocol.md): a newline, a mark that no text
/// begins with, COBS with the newline in the place of zero, and a newline.
#pragma once

#include <cstddef>
#include <cstdint>

namespace app {

constexpr std::uint8_t kRecordMark = 0x02;

/// The longest line for a record of so many bytes.
constexpr std::size_t RecordLineBytes(std::size_t record) { return record + record / 254 + 4; }

/// Writes a record's line from its bytes, in whatever portions they come.
class RecordLineWriter {
 public:
  /// `place` has room for RecordLineBytes() of what will come.
  explicit RecordLineWriter(std::uint8_t* place);

  void Put(const std::uint8_t* bytes, std::size_t size);
  /// Ends the line; its length.
  std::size_t Finish();

 private:
  void EndRun();

  std::uint8_t* place_;
  std::size_t size_;
  std::size_t code_at_;
  std::uint8_t code_ = 1;  // one more than the bytes of the run
};

/// Takes a record's bytes out of its line, behind the mark and without the newline at its end.
class RecordLineReader {
 public:
  /// True when `coded` gives a byte of the record.
  bool Feed(std::uint8_t coded, std::uint8_t& byte);
  /// Whether the line may end here.
  bool IsWhole() const { return left_ == 0 && code_ != 0; }

 private:
  std::uint8_t code_ = 0;  // of the run, 0 before the first
  std::uint8_t left_ = 0;  // bytes of it that are still to come
};

}  // namespace app
