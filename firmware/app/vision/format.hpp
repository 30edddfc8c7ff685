/// \file
/// A small printf, for the messages of TFLM: newlib's would need a heap.
#pragma once

#include <cstdarg>
#include <cstddef>

namespace app {

/// Writes at most `size` characters, no zero at the end, and returns how many. Knows %d %i %u %x %X
/// %p %c %s %f %% with l, ll, z, h and zero or blank padded widths; other conversions are copied.
std::size_t FormatList(char* buffer, std::size_t size, const char* format, std::va_list arguments);
[[gnu::format(printf, 3, 4)]] std::size_t Format(char* buffer, std::size_t size, const char* format,
                                                 ...);

}  // namespace app
