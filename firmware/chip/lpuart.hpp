/// \file
/// LPUART registers (i.MX RT1060 reference manual, chapter Low Power Universal Asynchronous
/// Receiver/Transmitter).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/field.hpp"

namespace chip {

struct LpuartRegs {
  const volatile std::uint32_t VERID;
  const volatile std::uint32_t PARAM;
  volatile std::uint32_t GLOBAL;
  volatile std::uint32_t PINCFG;
  volatile std::uint32_t BAUD;
  volatile std::uint32_t STAT;
  volatile std::uint32_t CTRL;
  volatile std::uint32_t DATA;
  volatile std::uint32_t MATCH;
  volatile std::uint32_t MODIR;
  volatile std::uint32_t FIFO;
  volatile std::uint32_t WATER;
};
static_assert(offsetof(LpuartRegs, WATER) == 0x2C && sizeof(LpuartRegs) == 0x30);

namespace lpuart {
namespace global {
using Rst = Field<1>;
}
namespace baud {
using Sbr = Field<0, 13>;
using Osr = Field<24, 5>;  // ratio minus one
}  // namespace baud
namespace stat {
using Or = Field<19>;  // W1C
using Rdrf = Field<21>;
using Tc = Field<22>;
using Tdre = Field<23>;
/// The flags that writing one clears: LBKDIF, RXEDGIF, IDLE, OR, NF, FE, PF.
constexpr std::uint32_t kClearable = 0xC01F'0000;
}  // namespace stat
namespace ctrl {
using Re = Field<18>;
using Te = Field<19>;
using Rie = Field<21>;
using Tie = Field<23>;
}  // namespace ctrl
namespace fifo {
using Rxfe = Field<3>;
using Txfe = Field<7>;
using Rxflush = Field<14>;
using Txflush = Field<15>;
}  // namespace fifo
}  // namespace lpuart
}  // namespace chip
