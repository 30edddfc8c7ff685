/// \file
/// The real-time counter of SNVS and its alarm: what goes on while the chip has no supply, and has
/// it switched on again.
#pragma once

#include <cstdint>

#include "chip/reset_and_identity.hpp"
#include "drivers/status.hpp"

namespace drivers {

class AlarmClock {
 public:
  explicit constexpr AlarmClock(chip::SnvsRegs& regs) : regs_(regs) {}

  /// Has it count, from wherever it stands; kTimeout if it does not.
  Status Start();
  std::uint32_t Seconds() const;
  /// In the beginning of that second, which is still to come.
  void SetAlarm(std::uint32_t second);
  void ClearAlarm();
  /// Whether the alarm has come.
  bool Rang() const;
  /// Has the supply taken away; it takes some time.
  void PowerOff();

 private:
  std::uint64_t Count() const;

  chip::SnvsRegs& regs_;
};

}  // namespace drivers
