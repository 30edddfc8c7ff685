#include "app/vision/crc32.hpp"

namespace app {

namespace {

constexpr std::uint32_t kReflectedPolynomial = 0xEDB8'8320;

struct Table {
  std::uint32_t entries[256];
};

constexpr Table MakeTable() {
  Table table = {};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t entry = byte;
    for (int bit = 0; bit < 8; ++bit) {
      entry = (entry & 1) != 0 ? (entry >> 1) ^ kReflectedPolynomial : entry >> 1;
    }
    table.entries[byte] = entry;
  }
  return table;
}

constexpr Table kTable = MakeTable();

}  // namespace

std::uint32_t Crc32(const std::uint8_t* data, std::size_t size, std::uint32_t before) {
  std::uint32_t crc = ~before;
  for (std::size_t i = 0; i < size; ++i) {
    crc = (crc >> 8) ^ kTable.entries[(crc ^ data[i]) & 0xFF];
  }
  return ~crc;
}

}  // namespace app
