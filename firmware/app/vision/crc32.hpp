/// \file
/// CRC-32 as zlib computes it (ISO 3309, reflected, polynomial 0x04C11DB7).
#pragma once

#include <cstddef>
#include <cstdint>

namespace app {

/// `before`: the CRC of what comes before the data.
std::uint32_t Crc32(const std::uint8_t* data, std::size_t size, std::uint32_t before = 0);

}  // namespace app
