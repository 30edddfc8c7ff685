#include "drivers/alarm_clock.hpp"

namespace drivers {

using chip::snvs::Lpcr;
using chip::snvs::Lpsr;

namespace {

constexpr unsigned kSecondBits = 15;  // of the counter, below its seconds
/// A count takes 31 us, the start a few of them; one turn over 10 ns.
constexpr std::uint32_t kPollLimit = 100'000;
constexpr unsigned kReadLimit = 8;

}  // namespace

/// Both halves until they are the same twice: a carry between them may come at any time.
std::uint64_t AlarmClock::Count() const {
  std::uint64_t count = 0;
  for (unsigned read = 0; read < kReadLimit; ++read) {
    const std::uint64_t before = count;
    count = std::uint64_t{regs_.LPSRTCMR} << 32 | regs_.LPSRTCLR;
    if (read != 0 && count == before) {
      break;
    }
  }
  return count;
}

Status AlarmClock::Start() {
  regs_.LPCR = regs_.LPCR | Lpcr::SrtcEnv::kMask;
  const std::uint64_t before = Count();
  for (std::uint32_t poll = 0; poll < kPollLimit; ++poll) {
    if (Count() != before) {
      return Status::kOk;
    }
  }
  return Status::kTimeout;
}

std::uint32_t AlarmClock::Seconds() const {
  return static_cast<std::uint32_t>(Count() >> kSecondBits);
}

void AlarmClock::SetAlarm(std::uint32_t second) {
  ClearAlarm();  // LPTAR can only be written without one
  regs_.LPTAR = second;
  regs_.LPCR = regs_.LPCR | Lpcr::LptaEn::kMask | Lpcr::LpwuiEn::kMask;
}

void AlarmClock::ClearAlarm() {
  regs_.LPCR = regs_.LPCR & ~(Lpcr::LptaEn::kMask | Lpcr::LpwuiEn::kMask);
  regs_.LPSR = Lpsr::Lpta::kMask;
}

bool AlarmClock::Rang() const { return Lpsr::Lpta::Get(regs_.LPSR) != 0; }

void AlarmClock::PowerOff() { regs_.LPCR = regs_.LPCR | Lpcr::DpEn::kMask | Lpcr::Top::kMask; }

}  // namespace drivers
