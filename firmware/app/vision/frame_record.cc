#include "app/vision/frame_record.hpp"

namespace app {

namespace {

std::uint32_t Number(const std::uint8_t* bytes, unsigned count) {
  std::uint32_t value = 0;
  for (unsigned i = count; i > 0; --i) {
    value = value << 8 | bytes[i - 1];
  }
  return value;
}

void Put(std::uint8_t* bytes, unsigned count, std::uint32_t value) {
  for (unsigned i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::uint8_t>(value >> 8 * i);
  }
}

}  // namespace

FrameRecord FrameRecord::Read(const std::uint8_t (&head)[kHeadBytes]) {
  FrameRecord record;
  record.version = head[0];
  record.format = head[1];
  record.label_bytes = head[2];
  record.boot_id = Number(head + 4, 4);
  record.sequence = Number(head + 8, 4);
  record.time_ms = Number(head + 12, 4);
  record.width = static_cast<std::uint16_t>(Number(head + 16, 2));
  record.height = static_cast<std::uint16_t>(Number(head + 18, 2));
  record.length = Number(head + 20, 4);
  return record;
}

void FrameRecord::Write(std::uint8_t (&head)[kHeadBytes]) const {
  head[0] = version;
  head[1] = format;
  head[2] = label_bytes;
  head[3] = 0;
  Put(head + 4, 4, boot_id);
  Put(head + 8, 4, sequence);
  Put(head + 12, 4, time_ms);
  Put(head + 16, 2, width);
  Put(head + 18, 2, height);
  Put(head + 20, 4, length);
}

}  // namespace app
