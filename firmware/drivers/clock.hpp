/// \file
/// Time for drivers: what they wait on. SystemClock is the real one; host tests have their own.
#pragma once

#include <cstdint>

namespace drivers {

class Clock {
 public:
  /// Milliseconds since start; wraps after 49 days, so compare differences.
  virtual std::uint32_t NowMs() const = 0;
  /// Sleeps until the next interrupt, 1 ms at most. Every wait is a loop around this call.
  virtual void Sleep() = 0;

  /// Sleeps for at least `milliseconds`.
  void Delay(std::uint32_t milliseconds) {
    const std::uint32_t start = NowMs();
    while (NowMs() - start <= milliseconds) {
      Sleep();
    }
  }

 protected:
  ~Clock() = default;
};

/// A limit in time: false from Expired() until more than `milliseconds` have passed.
class Deadline {
 public:
  Deadline(const Clock& clock, std::uint32_t milliseconds)
      : clock_(clock), start_(clock.NowMs()), milliseconds_(milliseconds) {}
  bool Expired() const { return clock_.NowMs() - start_ > milliseconds_; }

 private:
  const Clock& clock_;
  std::uint32_t start_;
  std::uint32_t milliseconds_;
};

}  // namespace drivers
