/// \file
/// Pin multiplexer and general purpose registers (i.MX RT1060 reference manual, chapters IOMUX
/// Controller, IOMUXC GPR).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/field.hpp"

namespace chip {

/// 124 mux registers from +0x14, as many pad registers from +0x204, then the input selects.
struct IomuxcRegs {
  const std::uint32_t RESERVED_00[5];
  volatile std::uint32_t SW_MUX_CTL_PAD[124];
  volatile std::uint32_t SW_PAD_CTL_PAD[124];
  volatile std::uint32_t SELECT_INPUT[154];
};
static_assert(offsetof(IomuxcRegs, SW_MUX_CTL_PAD) == 0x14);
static_assert(offsetof(IomuxcRegs, SW_PAD_CTL_PAD) == 0x204);
static_assert(offsetof(IomuxcRegs, SELECT_INPUT) == 0x3F4);

namespace iomuxc {
namespace mux {
using MuxMode = Field<0, 4>;
using Sion = Field<4>;
}  // namespace mux
namespace pad {
using Sre = Field<0>;
using Dse = Field<3, 3>;
using Speed = Field<6, 2>;
using Ode = Field<11>;
using Pke = Field<12>;
using Pue = Field<13>;
using Pus = Field<14, 2>;
using Hys = Field<16>;
}  // namespace pad
}  // namespace iomuxc

struct IomuxcGprRegs {
  volatile std::uint32_t GPR[35];
};
static_assert(offsetof(IomuxcGprRegs, GPR[17]) == 0x44);

}  // namespace chip
