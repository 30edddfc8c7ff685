/// \file
/// Base64 (RFC 4648, with padding) into bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

/// Writes what `text` stands for; false when it is no base64, or more than `room` bytes.
bool DecodeBase64(std::string_view text, std::uint8_t* bytes, std::size_t room, std::size_t& size);

}  // namespace app
