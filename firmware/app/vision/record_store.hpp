/// \file
/// The last frames that were logged, as lines ready to be sent, and to be sent again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/vision/frame_record.hpp"
#include "app/vision/record_line.hpp"
#include "drivers/lpuart.hpp"

namespace app {

class RecordStore {
 public:
  using Block = drivers::Lpuart::Block;
  static constexpr std::size_t kRecords = 8;

  /// The longest line of a frame with so many bytes of pixels.
  static constexpr std::size_t LineBytes(std::size_t pixels) {
    return RecordLineBytes(FrameRecord::kHeadBytes + FrameRecord::kMaxLabel + pixels +
                           FrameRecord::kCrcBytes);
  }

  /// `place` has room for kRecords lines of `line_bytes` each.
  constexpr RecordStore(std::uint8_t* place, std::size_t line_bytes)
      : place_(place), line_bytes_(line_bytes) {}

  /// Where the record with this number will be, or is; what was there is lost once it is made.
  const Block& Place(std::uint32_t sequence) const { return slots_[sequence % kRecords].block; }
  /// Makes the record of a frame at its place: `record` with label and pixels.
  const Block& Make(const FrameRecord& record, std::string_view label, const std::uint8_t* pixels);
  /// The record with this number, null when it is not kept (any more).
  const Block* Find(std::uint32_t sequence) const;

 private:
  struct Slot {
    std::uint32_t sequence = 0;
    Block block = {nullptr, 0};
  };

  std::uint8_t* place_;
  std::size_t line_bytes_;
  Slot slots_[kRecords];
};

}  // namespace app
