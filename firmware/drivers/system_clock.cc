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
  // The millisecond that has begun is not gone on with: whether the counter keeps its value is the
  // implementation's affair.
  const std::uint32_t cycles = chip::systick::Rvr::Reload::Get(regs_.RVR) + 1;
  rest_us_ += static_cast<std::uint32_t>(std::uint64_t{cycles - regs_.CVR} * 1000 / cycles);
}

void SystemClock::Resume(std::uint32_t microseconds) {
  rest_us_ += microseconds;
  ticks_ = ticks_ + rest_us_ / 1000;
  rest_us_ %= 1000;
  regs_.CVR = 0;
  regs_.CSR = regs_.CSR | Csr::Enable::kMask | Csr::Tickint::kMask;
}

}  // namespace drivers
