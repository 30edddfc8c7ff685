/// \file
/// Registers and their bit fields, as types. A register's fields are listed in a struct that is its
/// type, and each field belongs to it: `Stat::Tdre::Get(regs.FIFO)` does not compile, and neither
/// does `regs.FIFO = Stat::Or::kMask`. Registers of which no field is used are plain words.
#pragma once

#include <cstdint>

#include "chip/assert.hpp"

namespace chip {

/// What a register of the type `Of` holds or is to hold. Values of different registers do not mix,
/// and a number becomes one only where that is written down.
template <typename Of>
class Value {
 public:
  constexpr Value() = default;
  explicit constexpr Value(std::uint32_t word) : word_(word) {}
  constexpr std::uint32_t Word() const { return word_; }

  friend constexpr Value operator|(Value a, Value b) { return Value(a.word_ | b.word_); }
  friend constexpr Value operator&(Value a, Value b) { return Value(a.word_ & b.word_); }
  friend constexpr Value operator~(Value value) { return Value(~value.word_); }

 private:
  std::uint32_t word_ = 0;
};

/// Bits [kLsb + kWidth - 1 : kLsb] of the register `Of`.
template <typename Of, unsigned kLsb, unsigned kWidth = 1>
struct Field {
  static_assert(kWidth >= 1 && kLsb + kWidth <= 32, "the field must fit a 32-bit register");
  static constexpr std::uint32_t kMax = 0xFFFFFFFFu >> (32u - kWidth);
  static constexpr Value<Of> kMask = Value<Of>(kMax << kLsb);

  /// `value` moved to the field's place; it must fit.
  static constexpr Value<Of> Put(std::uint32_t value) {
    FW_ASSERT(value <= kMax);
    return Value<Of>(value << kLsb);
  }

  /// The field's value within a register's value.
  static constexpr std::uint32_t Get(Value<Of> reg) { return (reg & kMask).Word() >> kLsb; }

  /// A register's value with this field replaced.
  static constexpr Value<Of> Replace(Value<Of> reg, std::uint32_t value) {
    return (reg & ~kMask) | Put(value);
  }
};

/// A register in memory: each conversion is one read of its width, each assignment one write.
template <typename Of, typename Width = std::uint32_t>
class Register {
 public:
  Register() = default;
  Register(const Register&) = delete;
  Register& operator=(const Register&) = delete;

  operator Value<Of>() const { return Value<Of>(word_); }
  std::uint32_t Word() const { return word_; }
  void operator=(Value<Of> value) { word_ = static_cast<Width>(value.Word()); }
  /// The whole word as a number: 0, or a key.
  void operator=(std::uint32_t word) { word_ = static_cast<Width>(word); }

 private:
  volatile Width word_;
};

}  // namespace chip
