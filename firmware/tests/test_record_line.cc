#include "app/vision/record_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes LineOf(const Bytes& record, std::size_t portion = 1000) {
  Bytes line(app::RecordLineBytes(record.size()), 0xEE);
  app::RecordLineWriter writer(line.data());
  for (std::size_t at = 0; at < record.size(); at += portion) {
    writer.Put(&record[at], std::min(portion, record.size() - at));
  }
  line.resize(writer.Finish());
  return line;
}

/// COBS read by its definition.
Bytes RecordOf(const Bytes& line) {
  Bytes record;
  std::size_t at = 2;
  while (at < line.size() - 1) {
    const std::size_t code = line[at] ^ '\n';
    for (std::size_t i = 1; i < code; ++i) {
      record.push_back(line.at(at + i) ^ '\n');
    }
    at += code;
    if (code != 255 && at < line.size() - 1) {
      record.push_back(0);
    }
  }
  return record;
}

/// The same by the firmware's reader.
Bytes ReadAgain(const Bytes& line) {
  Bytes record;
  app::RecordLineReader reader;
  CHECK(!reader.IsWhole());
  for (std::size_t i = 2; i < line.size() - 1; ++i) {
    std::uint8_t byte = 0;
    if (reader.Feed(line[i], byte)) {
      record.push_back(byte);
    }
  }
  CHECK(reader.IsWhole());
  return record;
}

}  // namespace

TEST_CASE("a record's line is the known one") {
  CHECK(LineOf({0x11, 0x22, 0x00, 0x33}) ==
        Bytes{'\n', 2, 3 ^ 10, 0x11 ^ 10, 0x22 ^ 10, 2 ^ 10, 0x33 ^ 10, '\n'});
}

TEST_CASE("any record comes back, and no newline is within its line") {
  for (const std::size_t size : {0, 1, 9, 10, 253, 254, 255, 256, 508, 509, 18492}) {
    for (const int kind : {0, 1, 10, 255, 256, 257}) {
      CAPTURE(size);
      CAPTURE(kind);
      Bytes record;
      for (std::size_t i = 0; i < size; ++i) {
        record.push_back(static_cast<std::uint8_t>(kind < 256 ? kind : i * i * kind >> 3));
      }
      for (const std::size_t portion : {1, 7, 1000}) {
        const Bytes line = LineOf(record, portion);
        CHECK(line.size() <= app::RecordLineBytes(size));
        CHECK(line.front() == '\n');
        CHECK(line[1] == app::kRecordMark);
        CHECK(std::count(line.begin(), line.end(), '\n') == 2);
        CHECK(line.back() == '\n');
        CHECK(RecordOf(line) == record);
        CHECK(ReadAgain(line) == record);
      }
    }
  }
}

TEST_CASE("a line that ends within a run is not whole") {
  const Bytes line = LineOf({0x11, 0x22, 0x00, 0x33});
  for (std::size_t size = 3; size < line.size() - 1; ++size) {
    app::RecordLineReader reader;
    for (std::size_t i = 2; i < size; ++i) {
      std::uint8_t byte = 0;
      static_cast<void>(reader.Feed(line[i], byte));
    }
    CHECK(reader.IsWhole() == (size == 5));
  }
}
