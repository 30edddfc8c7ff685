#include "drivers/system_clock.hpp"

#include "drivers/cpu.hpp"

namespace drivers {

using chip::systick::Csr;

namespace {

constexpr std::uint32_t kServeEveryMs = 250;

}  // namespace

void SystemClock::Start(std::uint32_t core_hz) {
  regs_.CSR = 0;
  regs_.RVR = chip::systick::Rvr::Reload::Put(core_hz / 1000 - 1);
  regs_.CVR = 0;
  regs_.CSR = Csr::Enable::kMask | Csr::Tickint::kMask | Csr::Clksource::kMask;
}

void SystemClock::Sleep() {
  // Here and not in the tick handler: a main program that hangs must be noticed. Not at each turn:
  // the watchdog runs from 32 kHz, and its registers are slow.
  if (ticks_ - served_ms_ >= kServeEveryMs) {
    Serve();
  }
  WaitForInterrupt();
}

void SystemClock::Serve() {
  served_ms_ = ticks_;
  watchdog_.Serve();
}

void SystemClock::Pause() {
  Serve();
  regs_.CSR = regs_.CSR & ~(Csr::Enable::kMask | Csr::Tickint::kMask);
}

void SystemClock::Resume(std::uint32_t milliseconds) {
  ticks_ = ticks_ + milliseconds;
  regs_.CSR = regs_.CSR | Csr::Enable::kMask | Csr::Tickint::kMask;
}

}  // namespace drivers
