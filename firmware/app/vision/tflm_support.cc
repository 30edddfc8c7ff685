/// \file
/// What the TFLM library asks of its platform: a log, and the parts of the C++ run-time that a
/// firmware without heap and exits has no use for. newlib's own would bring stdio and malloc, and
/// then the link fails, as nothing here provides _sbrk: that is how "no heap" is held.

#include <cstdarg>
#include <cstddef>
#include <string_view>

#include "app/console/events.hpp"
#include "app/vision/format.hpp"
#include "chip/assert.hpp"

namespace {

constexpr std::size_t kMaxMessage = 200;
char message[kMaxMessage];
std::size_t message_size = 0;

void EndMessage() {
  if (message_size > 0) {
    app::SendLog("warning", std::string_view(message, message_size));
    message_size = 0;
  }
}

}  // namespace

extern "C" {

/// Collects pieces into lines; each line becomes a log event.
void DebugLog(const char* format, std::va_list arguments) {
  char piece[kMaxMessage];
  const std::size_t size = app::FormatList(piece, sizeof piece, format, arguments);
  for (std::size_t i = 0; i < size; ++i) {
    if (piece[i] == '\n' || piece[i] == '\r') {
      EndMessage();
      continue;
    }
    if (message_size == kMaxMessage) {
      EndMessage();
    }
    message[message_size++] = piece[i];
  }
}

[[noreturn]] void __assert_func(const char* file, int line, const char*, const char*) {
  AssertFailed(file, line);
}
[[noreturn]] void abort() { AssertFailed("abort", 0); }

int __cxa_guard_acquire(char* guard) { return *guard == 0 ? 1 : 0; }
void __cxa_guard_release(char* guard) { *guard = 1; }
[[noreturn]] void __cxa_pure_virtual() { AssertFailed("pure virtual call", 0); }
int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }
void* __dso_handle = nullptr;

}  // extern "C"

void operator delete(void*) noexcept { AssertFailed("operator delete", 0); }
void operator delete(void*, std::size_t) noexcept { AssertFailed("operator delete", 0); }
