/// \file
/// When the frames of a run are due: at once, or once a period.
#pragma once

#include <cstdint>

namespace app {

class Schedule {
 public:
  /// The first frame is due now. `period_ms` 0: each is due as soon as the one before is done.
  void Start(std::uint32_t now_ms, std::uint32_t period_ms);
  bool IsDue(std::uint32_t now_ms) const;
  /// Until the next frame; 0 when it is due.
  std::uint32_t LeftMs(std::uint32_t now_ms) const { return IsDue(now_ms) ? 0 : due_ms_ - now_ms; }
  /// A frame begins. Returns how many periods have passed whole since it was due: those get no
  /// frame.
  std::uint32_t Begin(std::uint32_t now_ms);

  /// So many periods had no frame before Start().
  void AddSkipped(std::uint32_t periods) { skipped_ += periods; }

  std::uint32_t PeriodMs() const { return period_ms_; }
  /// Periods without a frame since Start().
  std::uint32_t Skipped() const { return skipped_; }

 private:
  std::uint32_t period_ms_ = 0;
  std::uint32_t due_ms_ = 0;
  std::uint32_t skipped_ = 0;
};

}  // namespace app
