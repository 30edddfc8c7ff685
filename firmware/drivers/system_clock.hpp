/// \file
/// Milliseconds from SysTick, and the sleep in which the watchdog is served.
#pragma once

#include <cstdint>

#include "chip/core.hpp"
#include "drivers/clock.hpp"
#include "drivers/wdog.hpp"

namespace drivers {

class SystemClock final : public Clock {
 public:
  constexpr SystemClock(chip::SystickRegs& regs, Wdog& watchdog)
      : regs_(regs), watchdog_(watchdog) {}

  /// Interrupts every millisecond from now on.
  void Start(std::uint32_t core_hz);
  /// To be called by the SysTick handler.
  void OnTick() { ticks_ = ticks_ + 1; }

  std::uint32_t NowMs() const override { return ticks_; }
  void Sleep() override;
  /// Before a sleep in which SysTick may stand still: it stops, and the watchdog is served.
  void Pause();
  /// After it, so much later.
  void Resume(std::uint32_t microseconds);

 private:
  void Serve();

  chip::SystickRegs& regs_;
  Wdog& watchdog_;
  volatile std::uint32_t ticks_ = 0;
  std::uint32_t served_ms_ = 0;
  std::uint32_t rest_us_ = 0;  // since the last millisecond, at a pause
};

}  // namespace drivers
