/// \file
/// Stand-ins for what drivers wait on and talk to.
#pragma once

#include <cstdint>
#include <functional>

#include "chip/register.hpp"
#include "drivers/clock.hpp"

/// Sets a register that firmware can only read.
template <typename Of>
void PutReadOnly(const chip::Register<Of>& reg, std::uint32_t word) {
  const_cast<chip::Register<Of>&>(reg) = word;
}

/// A millisecond passes with each sleep; `on_sleep` plays the hardware meanwhile.
class FakeClock final : public drivers::Clock {
 public:
  std::uint32_t NowMs() const override { return static_cast<std::uint32_t>(now_us / 1000); }
  void Sleep() override {
    now_us += 1000;
    if (on_sleep) {
      on_sleep();
    }
  }

  std::uint64_t now_us = 0xFFFF'FF00ull * 1000;  // so that NowMs() wraps on the way
  std::function<void()> on_sleep;
};
