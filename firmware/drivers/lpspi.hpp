/// \file
/// LPSPI as a master, mode 0; the chip select is a GPIO of the caller's. Bytes go in frames of 32
/// bits, what is left behind the last four in frames of 8.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/lpspi.hpp"
#include "drivers/buses.hpp"
#include "drivers/status.hpp"

namespace drivers {

class Lpspi final : public SpiBus {
 public:
  explicit constexpr Lpspi(chip::LpspiRegs& regs) : regs_(regs) {}

  /// The serial clock is the highest the divider can make that is not above `max_hz`.
  void Start(std::uint32_t clock_hz, std::uint32_t max_hz);
  /// Returns when the last bit is through, so the chip select may rise at once.
  Status Transfer(const std::uint8_t* send, std::uint8_t* receive, std::size_t size) override;

 private:
  void SetFrame(std::size_t bytes);
  /// Until half the FIFO has been received or the last word is through; then how many have come.
  Status WaitForWords(std::size_t& words);
  Status WaitUntilIdle();
  template <std::size_t kFrameBytes>
  Status Exchange(const std::uint8_t* send, std::uint8_t* receive, std::size_t frames);

  chip::LpspiRegs& regs_;
  std::size_t frame_bytes_ = 0;  // that TCR was last set to
};

/// CCR.SCKDIV for a serial clock of at most `max_hz`: f / (SCKDIV + 2), cut to the field.
constexpr std::uint32_t ClockDivider(std::uint32_t clock_hz, std::uint32_t max_hz) {
  const std::uint32_t ratio = (clock_hz + max_hz - 1) / max_hz;
  const std::uint32_t divider = ratio < 2 ? 0 : ratio - 2;
  constexpr std::uint32_t kMax = chip::lpspi::Ccr::Sckdiv::kMax;
  return divider > kMax ? kMax : divider;
}

}  // namespace drivers
