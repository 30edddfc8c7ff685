/// \file
/// A frame on its way over a serial line: one form in both directions (docs/protocol.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

/// The head of a record. On the line it has 24 bytes, each number low byte first; behind it come
/// the label, the pixels and the CRC-32 of all before it.
///
///  0 version   1 format   2 bytes of the label   3 zero   4 boot id (4)   8 sequence (4)
/// 12 time, ms (4)   16 width (2)   18 height (2)   20 bytes of pixels (4)
struct FrameRecord {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::uint8_t kRgb565 = 1;  // high byte first
  static constexpr std::size_t kHeadBytes = 24;
  static constexpr std::size_t kMaxLabel = 32;
  static constexpr std::size_t kCrcBytes = 4;

  std::uint8_t version = 0;
  std::uint8_t format = 0;
  std::uint8_t label_bytes = 0;
  std::uint32_t boot_id = 0;  // of the sender; 0 from a host
  std::uint32_t sequence = 0;
  std::uint32_t time_ms = 0;
  std::uint16_t width = 0;
  std::uint16_t height = 0;
  std::uint32_t length = 0;

  static FrameRecord Read(const std::uint8_t (&head)[kHeadBytes]);
  void Write(std::uint8_t (&head)[kHeadBytes]) const;
};

}  // namespace app
