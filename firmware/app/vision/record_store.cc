#include "app/vision/record_store.hpp"

#include "app/vision/crc32.hpp"

namespace app {

const RecordStore::Block& RecordStore::Make(const FrameRecord& record, std::string_view label,
                                            const std::uint8_t* pixels) {
  std::uint8_t head[FrameRecord::kHeadBytes];
  record.Write(head);
  const auto* text = reinterpret_cast<const std::uint8_t*>(label.data());
  const std::uint32_t crc =
      Crc32(pixels, record.length, Crc32(text, label.size(), Crc32(head, sizeof head)));
  std::uint8_t end[FrameRecord::kCrcBytes];
  for (unsigned i = 0; i < sizeof end; ++i) {
    end[i] = static_cast<std::uint8_t>(crc >> 8 * i);
  }
  const std::size_t index = record.sequence % kRecords;
  std::uint8_t* const place = place_ + index * line_bytes_;
  RecordLineWriter line(place);
  line.Put(head, sizeof head);
  line.Put(text, label.size());
  line.Put(pixels, record.length);
  line.Put(end, sizeof end);
  slots_[index] = {record.sequence, {place, line.Finish()}};
  return slots_[index].block;
}

const RecordStore::Block* RecordStore::Find(std::uint32_t sequence) const {
  const Slot& slot = slots_[sequence % kRecords];
  return slot.sequence == sequence && slot.block.data != nullptr ? &slot.block : nullptr;
}

}  // namespace app
