#include "drivers/system_clock.hpp"

#include "drivers/cpu.hpp"

namespace drivers {

namespace csr = chip::systick::csr;

void SystemClock::Start(std::uint32_t core_hz) {
  regs_.CSR = 0;
  regs_.RVR = chip::systick::rvr::Reload::Put(core_hz / 1000 - 1);
  regs_.CVR = 0;
  regs_.CSR = csr::Enable::kMask | csr::Tickint::kMask | csr::Clksource::kMask;
}

void SystemClock::Sleep() {
  // Here and not in the tick handler: a main program that hangs must be noticed.
  watchdog_.Serve();
  WaitForInterrupt();
}

}  // namespace drivers
