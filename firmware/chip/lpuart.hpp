/// \file
/// LPUART registers (i.MX RT1060 reference manual, chapter Low Power Universal Asynchronous
/// Receiver/Transmitter).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace lpuart {
struct Global {
  using Rst = Field<Global, 1>;
};
struct Baud {
  using Sbr = Field<Baud, 0, 13>;
  using Osr = Field<Baud, 24, 5>;  // ratio minus one
};
struct Stat {
  using Or = Field<Stat, 19>;  // W1C
  using Rdrf = Field<Stat, 21>;
  using Tc = Field<Stat, 22>;
  using Tdre = Field<Stat, 23>;
  /// The flags that writing one clears: LBKDIF, RXEDGIF, IDLE, OR, NF, FE, PF.
  static constexpr Value<Stat> kClearable = Value<Stat>(0xC01F'0000);
};
struct Ctrl {
  using Re = Field<Ctrl, 18>;
  using Te = Field<Ctrl, 19>;
  using Rie = Field<Ctrl, 21>;
  using Tie = Field<Ctrl, 23>;
};
struct Fifo {
  using Rxfe = Field<Fifo, 3>;
  using Txfe = Field<Fifo, 7>;
  using Rxflush = Field<Fifo, 14>;
  using Txflush = Field<Fifo, 15>;
};
}  // namespace lpuart

struct LpuartRegs {
  const volatile std::uint32_t VERID;
  const volatile std::uint32_t PARAM;
  Register<lpuart::Global> GLOBAL;
  volatile std::uint32_t PINCFG;
  Register<lpuart::Baud> BAUD;
  Register<lpuart::Stat> STAT;
  Register<lpuart::Ctrl> CTRL;
  volatile std::uint32_t DATA;
  volatile std::uint32_t MATCH;
  volatile std::uint32_t MODIR;
  Register<lpuart::Fifo> FIFO;
  volatile std::uint32_t WATER;
};
static_assert(offsetof(LpuartRegs, WATER) == 0x2C && sizeof(LpuartRegs) == 0x30);
}  // namespace chip
