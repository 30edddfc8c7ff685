/// \file
/// Core at 600 MHz and the root clocks of the blocks that the firmware uses.
#pragma once

#include <cstdint>

#include "chip/ccm.hpp"
#include "drivers/status.hpp"

namespace drivers {

constexpr std::uint32_t kOscillatorHz = 24'000'000;
constexpr std::uint32_t kLpuartClockHz = kOscillatorHz;
constexpr std::uint32_t kLpi2cClockHz = kOscillatorHz;
constexpr std::uint32_t kLpspiClockHz = 528'000'000 / 5;

class Clocks {
 public:
  constexpr Clocks(chip::CcmRegs& ccm, chip::CcmAnalogRegs& analog, chip::DcdcRegs& dcdc)
      : ccm_(ccm), analog_(analog), dcdc_(dcdc) {}

  /// Core 600 MHz, IPG 150 MHz, and the roots above. On kTimeout the core stays on 24 MHz.
  Status Start();
  /// The core clock as the registers say it is.
  std::uint32_t CoreHz() const;

 private:
  Status RaiseCoreVoltage();
  Status LockArmPll();
  Status LockSystemPll();
  Status WaitForHandshake();
  void SetRoots();

  chip::CcmRegs& ccm_;
  chip::CcmAnalogRegs& analog_;
  chip::DcdcRegs& dcdc_;
};

}  // namespace drivers
