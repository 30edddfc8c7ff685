#include "app/vision/profiler.hpp"

#include "board.hpp"

namespace app {

namespace {

constexpr std::uint32_t kNotMeasured = 0xFFFF'FFFF;

}  // namespace

std::uint32_t Profiler::BeginEvent(const char* tag) {
  if (!on_ || count_ == kMaxOperators) {
    return kNotMeasured;
  }
  const auto handle = static_cast<std::uint32_t>(count_++);
  entries_[handle] = {tag, board::cycles.Now()};
  return handle;
}

void Profiler::EndEvent(std::uint32_t handle) {
  if (handle != kNotMeasured) {
    entries_[handle].cycles = board::cycles.Now() - entries_[handle].cycles;
  }
}

}  // namespace app
