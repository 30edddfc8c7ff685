/// \file
/// The chip's low-power modes: what stops, what wakes, and a timer that goes on meanwhile.
#pragma once

#include <cstdint>

#include "chip/ccm.hpp"
#include "chip/gpc.hpp"
#include "chip/gpt.hpp"
#include "chip/iomuxc.hpp"

namespace drivers {

enum class SleepMode : std::uint8_t {
  kWait,     // the core's clock stops; blocks whose gates say so go on
  kStop,     // the clocks of all blocks stop, but those on 32 kHz
  kSuspend,  // STOP without the power of core and RAM: it ends in a boot
  kSnvs,     // without the chip's supply: so does this
};

class LowPower {
 public:
  /// GPT1 times each sleep from 32 kHz, as nothing else is left in STOP; nobody else has it.
  constexpr LowPower(chip::CcmRegs& ccm, chip::GpcRegs& gpc, chip::IomuxcGprRegs& gpr,
                     chip::GptRegs& timer)
      : ccm_(ccm), gpc_(gpc), gpr_(gpr), timer_(timer) {}

  /// Sleeps for `milliseconds`, or until the interrupt `waker` in WAIT; how long, in microseconds.
  /// To be called with interrupts disabled and SysTick stopped: both would end or outlast it.
  /// kWait and kStop.
  std::uint32_t Sleep(SleepMode mode, std::uint32_t milliseconds, unsigned waker);
  /// SUSPEND until the interrupt `waker`, and then a boot; comes back if it was pending already.
  void Suspend(unsigned waker);

 private:
  void StartTimer(std::uint32_t milliseconds);
  std::uint32_t StopTimer();
  void MaskAll();
  void Unmask(unsigned irq) { gpc_.IMR[irq / 32] = gpc_.IMR[irq / 32] & ~(1u << (irq % 32)); }
  void Mask(unsigned irq) { gpc_.IMR[irq / 32] = gpc_.IMR[irq / 32] | 1u << (irq % 32); }
  void SetMode(std::uint32_t lpm);

  chip::CcmRegs& ccm_;
  chip::GpcRegs& gpc_;
  chip::IomuxcGprRegs& gpr_;
  chip::GptRegs& timer_;
};

}  // namespace drivers
