/// \file
/// The dividers of an LPUART for a baud rate.
#pragma once

#include <cstdint>

namespace drivers {

struct BaudDividers {
  std::uint32_t oversampling;  // samples a bit, 8 to 32
  std::uint32_t sbr;
};

/// The pair that comes nearest to `baud` from `clock_hz`; of equals 16 samples, as out of reset.
constexpr BaudDividers DividersFor(std::uint32_t clock_hz, std::uint32_t baud) {
  constexpr std::uint32_t kUsual = 16, kLeast = 8, kMost = 32;
  const auto error = [=](const BaudDividers& one) {
    const std::int64_t off = std::int64_t{baud} * one.oversampling * one.sbr - clock_hz;
    return off < 0 ? -off : off;
  };
  const auto with = [=](std::uint32_t oversampling) {
    const std::uint32_t per_bit = oversampling * baud;
    const std::uint32_t sbr = (clock_hz + per_bit / 2) / per_bit;
    return BaudDividers{oversampling, sbr == 0 ? 1 : sbr};
  };
  BaudDividers best = with(kUsual);
  for (std::uint32_t oversampling = kLeast; oversampling <= kMost; ++oversampling) {
    const BaudDividers one = with(oversampling);
    if (error(one) < error(best)) {
      best = one;
    }
  }
  return best;
}

}  // namespace drivers
