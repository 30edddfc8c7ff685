/// \file
/// LPI2C master registers (i.MX RT1060 reference manual, chapter Low Power Inter-Integrated
/// Circuit).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace lpi2c {
struct Mcr {
  using Men = Field<Mcr, 0>;
  using Rst = Field<Mcr, 1>;
  using Rtf = Field<Mcr, 8>;
  using Rrf = Field<Mcr, 9>;
};
struct Msr {
  using Sdf = Field<Msr, 9>;
  using Ndf = Field<Msr, 10>;
  using Alf = Field<Msr, 11>;
  using Fef = Field<Msr, 12>;
  using Pltf = Field<Msr, 13>;
  /// The flags that writing one clears: EPF, SDF, NDF, ALF, FEF, PLTF, DMF.
  static constexpr Value<Msr> kClearable = Value<Msr>(0x7F00);
  /// Whatever ends a transfer before its end.
  static constexpr Value<Msr> kErrors = Ndf::kMask | Alf::kMask | Fef::kMask | Pltf::kMask;
};
struct Mier {  // at the bits of their flags in MSR
  using Sdie = Field<Mier, 9>;
  using Ndie = Field<Mier, 10>;
  using Alie = Field<Mier, 11>;
  using Feie = Field<Mier, 12>;
  using Pltie = Field<Mier, 13>;
  static constexpr Value<Mier> kErrors = Ndie::kMask | Alie::kMask | Feie::kMask | Pltie::kMask;
};
struct Mcfgr1 {
  using Prescale = Field<Mcfgr1, 0, 3>;
};
struct Mccr0 {
  using Clklo = Field<Mccr0, 0, 6>;
  using Clkhi = Field<Mccr0, 8, 6>;
  using Sethold = Field<Mccr0, 16, 6>;
  using Datavd = Field<Mccr0, 24, 6>;
};
struct Mfsr {
  using Rxcount = Field<Mfsr, 16, 3>;
};
struct Mtdr {
  using Data = Field<Mtdr, 0, 8>;
  using Cmd = Field<Mtdr, 8, 3>;
  static constexpr std::uint32_t kTransmit = 0;
  static constexpr std::uint32_t kReceive = 1;  // DATA + 1 bytes
  static constexpr std::uint32_t kStop = 2;
  static constexpr std::uint32_t kStart = 4;
};
struct Mrdr {
  using Data = Field<Mrdr, 0, 8>;
};
}  // namespace lpi2c

struct Lpi2cRegs {
  const volatile std::uint32_t VERID;
  const volatile std::uint32_t PARAM;
  const std::uint32_t RESERVED_08[2];
  Register<lpi2c::Mcr> MCR;
  Register<lpi2c::Msr> MSR;
  Register<lpi2c::Mier> MIER;
  volatile std::uint32_t MDER;
  volatile std::uint32_t MCFGR0;
  Register<lpi2c::Mcfgr1> MCFGR1;
  volatile std::uint32_t MCFGR2;
  volatile std::uint32_t MCFGR3;
  const std::uint32_t RESERVED_30[4];
  volatile std::uint32_t MDMR;
  const std::uint32_t RESERVED_44;
  Register<lpi2c::Mccr0> MCCR0;
  const std::uint32_t RESERVED_4C;
  volatile std::uint32_t MCCR1;
  const std::uint32_t RESERVED_54;
  volatile std::uint32_t MFCR;
  const Register<lpi2c::Mfsr> MFSR;
  Register<lpi2c::Mtdr> MTDR;
  const std::uint32_t RESERVED_64[3];
  Register<lpi2c::Mrdr> MRDR;
};
static_assert(offsetof(Lpi2cRegs, MCCR0) == 0x48 && offsetof(Lpi2cRegs, MTDR) == 0x60);
static_assert(offsetof(Lpi2cRegs, MRDR) == 0x70 && sizeof(Lpi2cRegs) == 0x74);
}  // namespace chip
