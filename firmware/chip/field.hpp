/// \file
/// Bit fields of registers, as types: the register's name is a namespace, the field's name a type.
#pragma once

#include <cstdint>

#include "chip/assert.hpp"

namespace chip {

/// Bits [kLsb + kWidth - 1 : kLsb] of a 32-bit (or narrower) register.
template <unsigned kLsb, unsigned kWidth = 1>
struct Field {
  static_assert(kWidth >= 1 && kLsb + kWidth <= 32, "the field must fit a 32-bit register");
  static constexpr std::uint32_t kMax = 0xFFFFFFFFu >> (32u - kWidth);
  static constexpr std::uint32_t kMask = kMax << kLsb;

  /// `value` moved to the field's place; it must fit.
  static constexpr std::uint32_t Put(std::uint32_t value) {
    FW_ASSERT(value <= kMax);
    return value << kLsb;
  }

  /// The field's value within a register's value.
  static constexpr std::uint32_t Get(std::uint32_t reg) { return (reg & kMask) >> kLsb; }

  /// A register's value with this field replaced.
  static constexpr std::uint32_t Replace(std::uint32_t reg, std::uint32_t value) {
    return (reg & ~kMask) | Put(value);
  }
};

}  // namespace chip
