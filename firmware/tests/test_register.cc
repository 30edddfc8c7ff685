#include "chip/register.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <type_traits>
#include <utility>

#include "chip/lpuart.hpp"

namespace {

/// A register as the headers list them.
struct Some {
  using Middle = chip::Field<Some, 4, 3>;
  using Top = chip::Field<Some, 31>;
  using Whole = chip::Field<Some, 0, 32>;
};

template <typename Field, typename Argument>
constexpr bool kGets = std::is_invocable_v<decltype(Field::Get), Argument>;
template <typename Field, typename Argument>
constexpr bool kReplaces = std::is_invocable_v<decltype(Field::Replace), Argument, std::uint32_t>;

template <typename A, typename B, typename = void>
constexpr bool kJoins = false;
template <typename A, typename B>
constexpr bool kJoins<A, B, std::void_t<decltype(std::declval<A>() | std::declval<B>())>> = true;

using chip::lpuart::Fifo;
using chip::lpuart::Stat;
using Regs = chip::LpuartRegs;

// A field is read from its own register, and from no other, nor from a number or a plain word.
static_assert(kGets<Stat::Tdre, decltype((std::declval<Regs&>().STAT))>);
static_assert(kGets<Stat::Tdre, chip::Value<Stat>>);
static_assert(!kGets<Stat::Tdre, decltype((std::declval<Regs&>().FIFO))>);
static_assert(!kGets<Stat::Tdre, chip::Value<Fifo>>);
static_assert(!kGets<Stat::Tdre, decltype((std::declval<Regs&>().DATA))>);
static_assert(!kGets<Stat::Tdre, std::uint32_t>);
static_assert(kReplaces<Fifo::Txfe, decltype((std::declval<Regs&>().FIFO))>);
static_assert(!kReplaces<Fifo::Txfe, decltype((std::declval<Regs&>().STAT))>);

// What is written is of the register, or a whole word.
using StatRegister = chip::Register<Stat>;
static_assert(std::is_assignable_v<StatRegister&, chip::Value<Stat>>);
static_assert(std::is_assignable_v<StatRegister&, std::uint32_t>);
static_assert(!std::is_assignable_v<StatRegister&, chip::Value<Fifo>>);
static_assert(!std::is_assignable_v<StatRegister&, StatRegister&>, "which of them is volatile?");
static_assert(!std::is_assignable_v<const StatRegister&, chip::Value<Stat>>, "read only");

// Fields of one register join, those of two do not, and none is a number in disguise.
static_assert(kJoins<chip::Value<Stat>, chip::Value<Stat>>);
static_assert(kJoins<StatRegister&, chip::Value<Stat>>);
static_assert(!kJoins<chip::Value<Stat>, chip::Value<Fifo>>);
static_assert(!kJoins<StatRegister&, chip::Value<Fifo>>);
static_assert(!kJoins<chip::Value<Stat>, std::uint32_t>);
static_assert(!std::is_convertible_v<chip::Value<Stat>, std::uint32_t>);
static_assert(!std::is_convertible_v<std::uint32_t, chip::Value<Stat>>);

static_assert(sizeof(chip::Register<Some>) == 4 &&
              sizeof(chip::Register<Some, std::uint16_t>) == 2);

}  // namespace

TEST_CASE("a field puts, gets and replaces its bits and no others") {
  using Value = chip::Value<Some>;
  static_assert(Some::Middle::kMask.Word() == 0x70 && Some::Middle::kMax == 7);
  CHECK(Some::Middle::Put(5).Word() == 0x50);
  CHECK(Some::Middle::Get(Value(0xFFFF'FFDF)) == 5);
  CHECK(Some::Middle::Replace(Value(0xFFFF'FFFF), 0).Word() == 0xFFFF'FF8F);
  CHECK(Some::Middle::Replace(Value(0), 7).Word() == 0x70);
}

TEST_CASE("a field may reach the top bit or be the whole register") {
  static_assert(Some::Top::kMask.Word() == 0x8000'0000);
  static_assert(Some::Whole::kMask.Word() == 0xFFFF'FFFF);
  CHECK(Some::Top::Put(1).Word() == 0x8000'0000);
  CHECK(Some::Whole::Get(chip::Value<Some>(0x1234'5678)) == 0x1234'5678);
}

TEST_CASE("a value that does not fit is our mistake") {
  CHECK_THROWS_AS(Some::Top::Put(2), std::logic_error);
}

TEST_CASE("a register is read and written whole") {
  chip::Register<Some> reg = {};
  reg = Some::Middle::Put(3);
  CHECK(reg.Word() == 0x30);
  reg = reg | Some::Top::kMask;
  CHECK(reg.Word() == 0x8000'0030);
  reg = reg & ~Some::Middle::kMask;
  CHECK(reg.Word() == 0x8000'0000);
  reg = 0xA5;
  CHECK(Some::Whole::Get(reg) == 0xA5);
}

TEST_CASE("a narrow register takes the low half") {
  struct {
    chip::Register<Some, std::uint16_t> low;
    std::uint16_t high = 0xFFFF;
  } pair = {};
  pair.low = chip::Value<Some>(0x1'2345);
  CHECK(pair.low.Word() == 0x2345);
  CHECK(pair.high == 0xFFFF);
}
