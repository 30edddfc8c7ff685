#include "app/vision/record_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "app/vision/crc32.hpp"

using app::FrameRecord;
using app::RecordStore;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kPixelBytes = 600;  // more than a run of COBS
constexpr std::size_t kLineBytes = RecordStore::LineBytes(kPixelBytes);
constexpr std::uint8_t kUntouched = 0xEE;

Bytes Pixels(std::uint32_t sequence) {
  Bytes pixels;
  for (std::uint32_t i = 0; i < kPixelBytes; ++i) {
    pixels.push_back(static_cast<std::uint8_t>(i * sequence));
  }
  return pixels;
}

/// A store between two places that are not its own.
struct Rig {
  Bytes memory = Bytes((RecordStore::kRecords + 2) * kLineBytes, kUntouched);
  RecordStore store{memory.data() + kLineBytes, kLineBytes};

  const RecordStore::Block& Make(std::uint32_t sequence, const std::string& label = "dog") {
    FrameRecord record;
    record.version = FrameRecord::kVersion;
    record.format = FrameRecord::kRgb565;
    record.label_bytes = static_cast<std::uint8_t>(label.size());
    record.sequence = sequence;
    record.length = kPixelBytes;
    const Bytes pixels = Pixels(sequence);
    return store.Make(record, label, pixels.data());
  }
};

/// The record of a block, its CRC checked and taken off.
Bytes RecordOf(const RecordStore::Block& block) {
  Bytes record;
  app::RecordLineReader reader;
  for (std::size_t i = 2; i < block.size - 1; ++i) {
    std::uint8_t byte = 0;
    if (reader.Feed(block.data[i], byte)) {
      record.push_back(byte);
    }
  }
  CHECK(reader.IsWhole());
  REQUIRE(record.size() > FrameRecord::kCrcBytes);
  const std::size_t size = record.size() - FrameRecord::kCrcBytes;
  std::uint32_t crc = 0;
  for (unsigned i = 0; i < FrameRecord::kCrcBytes; ++i) {
    crc |= std::uint32_t{record[size + i]} << 8 * i;
  }
  CHECK(crc == app::Crc32(record.data(), size));
  record.resize(size);
  return record;
}

void CheckRecord(const RecordStore::Block& block, std::uint32_t sequence,
                 const std::string& label) {
  const Bytes record = RecordOf(block);
  std::uint8_t head[FrameRecord::kHeadBytes] = {};
  std::copy_n(record.begin(), sizeof head, head);
  CHECK(FrameRecord::Read(head).sequence == sequence);
  const auto text = record.begin() + sizeof head;
  CHECK(std::string(text, text + static_cast<std::ptrdiff_t>(label.size())) == label);
  CHECK(Bytes(text + static_cast<std::ptrdiff_t>(label.size()), record.end()) == Pixels(sequence));
}

}  // namespace

TEST_CASE("nothing is kept before the first record") {
  Rig rig;
  for (std::uint32_t sequence = 0; sequence < 20; ++sequence) {
    CHECK(rig.store.Find(sequence) == nullptr);
  }
}

TEST_CASE("the last eight records are kept, and the one before them is gone") {
  Rig rig;
  for (std::uint32_t last = 1; last <= 3 * RecordStore::kRecords + 1; ++last) {
    CAPTURE(last);
    const std::string label(last % (FrameRecord::kMaxLabel + 1), 'x');
    CheckRecord(rig.Make(last, label), last, label);
    for (std::uint32_t sequence = 0; sequence <= last + RecordStore::kRecords; ++sequence) {
      CAPTURE(sequence);
      const RecordStore::Block* found = rig.store.Find(sequence);
      const bool kept =
          sequence != 0 && sequence <= last && last - sequence < RecordStore::kRecords;
      REQUIRE((found != nullptr) == kept);
      if (kept) {
        CheckRecord(*found, sequence, std::string(sequence % (FrameRecord::kMaxLabel + 1), 'x'));
      }
    }
  }
}

TEST_CASE("a record's place is that of the one that it will drop") {
  Rig rig;
  const RecordStore::Block* first = &rig.Make(1);
  CHECK(&rig.store.Place(1) == first);
  CHECK(&rig.store.Place(1 + RecordStore::kRecords) == first);
  CHECK(&rig.store.Place(2) != first);
  CHECK(&rig.Make(1 + RecordStore::kRecords) == first);
  CHECK(rig.store.Find(1) == nullptr);
}

TEST_CASE("numbers may turn over") {
  Rig rig;
  std::uint32_t sequence = 0xFFFF'FFFC;
  for (unsigned i = 0; i < RecordStore::kRecords; ++i) {
    rig.Make(sequence++);
  }
  CHECK(sequence == 4);
  CHECK(rig.store.Find(0xFFFF'FFFB) == nullptr);
  CheckRecord(*rig.store.Find(0xFFFF'FFFC), 0xFFFF'FFFC, "dog");
  CheckRecord(*rig.store.Find(0), 0, "dog");
  CheckRecord(*rig.store.Find(3), 3, "dog");
}

TEST_CASE("the longest line stays in its place") {
  Rig rig;
  for (std::uint32_t sequence = 1; sequence <= RecordStore::kRecords; ++sequence) {
    // Pixels without a zero make the longest line.
    FrameRecord record;
    record.label_bytes = FrameRecord::kMaxLabel;
    record.sequence = sequence;
    record.length = kPixelBytes;
    const Bytes pixels(kPixelBytes, 0xFF);
    const std::string label(FrameRecord::kMaxLabel, 'x');
    const RecordStore::Block& block = rig.store.Make(record, label, pixels.data());
    CHECK(block.size <= kLineBytes);
  }
  for (std::size_t i = 0; i < kLineBytes; ++i) {
    REQUIRE(rig.memory[i] == kUntouched);
    REQUIRE(rig.memory[rig.memory.size() - 1 - i] == kUntouched);
  }
}
