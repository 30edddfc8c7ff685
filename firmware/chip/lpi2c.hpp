/// \file
/// LPI2C master registers (i.MX RT1060 reference manual, chapter Low Power Inter-Integrated
/// Circuit).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/field.hpp"

namespace chip {

struct Lpi2cRegs {
  const volatile std::uint32_t VERID;
  const volatile std::uint32_t PARAM;
  const std::uint32_t RESERVED_08[2];
  volatile std::uint32_t MCR;
  volatile std::uint32_t MSR;
  volatile std::uint32_t MIER;
  volatile std::uint32_t MDER;
  volatile std::uint32_t MCFGR0;
  volatile std::uint32_t MCFGR1;
  volatile std::uint32_t MCFGR2;
  volatile std::uint32_t MCFGR3;
  const std::uint32_t RESERVED_30[4];
  volatile std::uint32_t MDMR;
  const std::uint32_t RESERVED_44;
  volatile std::uint32_t MCCR0;
  const std::uint32_t RESERVED_4C;
  volatile std::uint32_t MCCR1;
  const std::uint32_t RESERVED_54;
  volatile std::uint32_t MFCR;
  const volatile std::uint32_t MFSR;
  volatile std::uint32_t MTDR;
  const std::uint32_t RESERVED_64[3];
  volatile std::uint32_t MRDR;
};
static_assert(offsetof(Lpi2cRegs, MCCR0) == 0x48 && offsetof(Lpi2cRegs, MTDR) == 0x60);
static_assert(offsetof(Lpi2cRegs, MRDR) == 0x70 && sizeof(Lpi2cRegs) == 0x74);

namespace lpi2c {
namespace mcr {
using Men = Field<0>;
using Rst = Field<1>;
using Rtf = Field<8>;
using Rrf = Field<9>;
}  // namespace mcr
namespace msr {
using Sdf = Field<9>;
using Ndf = Field<10>;
using Alf = Field<11>;
using Fef = Field<12>;
using Pltf = Field<13>;
/// The flags that writing one clears: EPF, SDF, NDF, ALF, FEF, PLTF, DMF.
constexpr std::uint32_t kClearable = 0x7F00;
/// Whatever ends a transfer, well or not; the interrupt enables in MIER are at the same bits.
constexpr std::uint32_t kErrors = Ndf::kMask | Alf::kMask | Fef::kMask | Pltf::kMask;
}  // namespace msr
namespace mcfgr1 {
using Prescale = Field<0, 3>;
}
namespace mccr {
using Clklo = Field<0, 6>;
using Clkhi = Field<8, 6>;
using Sethold = Field<16, 6>;
using Datavd = Field<24, 6>;
}  // namespace mccr
namespace mfsr {
using Rxcount = Field<16, 3>;
}
namespace mtdr {
using Data = Field<0, 8>;
using Cmd = Field<8, 3>;
constexpr std::uint32_t kTransmit = 0;
constexpr std::uint32_t kReceive = 1;  // DATA + 1 bytes
constexpr std::uint32_t kStop = 2;
constexpr std::uint32_t kStart = 4;
}  // namespace mtdr
namespace mrdr {
using Data = Field<0, 8>;
}
}  // namespace lpi2c
}  // namespace chip
