/// \file
/// Pin multiplexer and general purpose registers (i.MX RT1060 reference manual, chapters IOMUX
/// Controller, IOMUXC GPR).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace iomuxc {
/// SW_MUX_CTL_PAD_x
struct Mux {
  using MuxMode = Field<Mux, 0, 4>;
  using Sion = Field<Mux, 4>;
};
/// SW_PAD_CTL_PAD_x
struct Pad {
  using Sre = Field<Pad, 0>;
  using Dse = Field<Pad, 3, 3>;
  using Speed = Field<Pad, 6, 2>;
  using Ode = Field<Pad, 11>;
  using Pke = Field<Pad, 12>;
  using Pue = Field<Pad, 13>;
  using Pus = Field<Pad, 14, 2>;
  using Hys = Field<Pad, 16>;
};
}  // namespace iomuxc

/// 124 mux registers from +0x14, as many pad registers from +0x204, then the input selects.
struct IomuxcRegs {
  const std::uint32_t RESERVED_00[5];
  Register<iomuxc::Mux> SW_MUX_CTL_PAD[124];
  Register<iomuxc::Pad> SW_PAD_CTL_PAD[124];
  volatile std::uint32_t SELECT_INPUT[154];
};
static_assert(offsetof(IomuxcRegs, SW_MUX_CTL_PAD) == 0x14);
static_assert(offsetof(IomuxcRegs, SW_PAD_CTL_PAD) == 0x204);
static_assert(offsetof(IomuxcRegs, SELECT_INPUT) == 0x3F4);

struct IomuxcGprRegs {
  volatile std::uint32_t GPR[35];
};
static_assert(offsetof(IomuxcGprRegs, GPR[17]) == 0x44);

}  // namespace chip
