/// \file
/// Takes the cycles of each operator as TFLM runs it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tensorflow/lite/micro/micro_profiler_interface.h"

namespace app {

class Profiler final : public tflite::MicroProfilerInterface {
 public:
  static constexpr std::size_t kMaxOperators = 160;  // later ones go unmeasured

  void SetOn(bool on) { on_ = on; }
  /// Forgets what was measured.
  void Begin() { count_ = 0; }
  std::size_t Count() const { return count_; }
  const char* Name(std::size_t index) const { return entries_[index].name; }
  std::uint32_t Cycles(std::size_t index) const { return entries_[index].cycles; }

  std::uint32_t BeginEvent(const char* tag) override;
  void EndEvent(std::uint32_t handle) override;

 private:
  struct Entry {
    const char* name;
    std::uint32_t cycles;
  };

  bool on_ = false;
  std::size_t count_ = 0;
  Entry entries_[kMaxOperators] = {};
};

}  // namespace app
