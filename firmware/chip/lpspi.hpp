/// \file
/// LPSPI registers (i.MX RT1060 reference manual, chapter Low Power Serial Peripheral Interface).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace lpspi {
struct Cr {
  using Men = Field<Cr, 0>;
  using Rst = Field<Cr, 1>;
  using Rtf = Field<Cr, 8>;
  using Rrf = Field<Cr, 9>;
};
struct Sr {
  using Rdf = Field<Sr, 1>;
  using Mbf = Field<Sr, 24>;
  /// The flags that writing one clears: WCF, FCF, TCF, TEF, REF, DMF.
  static constexpr Value<Sr> kClearable = Value<Sr>(0x3F00);
};
struct Cfgr1 {
  using Master = Field<Cfgr1, 0>;
  using Sample = Field<Cfgr1, 1>;
};
struct Ccr {
  using Sckdiv = Field<Ccr, 0, 8>;
  using Dbt = Field<Ccr, 8, 8>;
  using Pcssck = Field<Ccr, 16, 8>;
  using Sckpcs = Field<Ccr, 24, 8>;
};
struct Fcr {
  using Txwater = Field<Fcr, 0, 4>;
  using Rxwater = Field<Fcr, 16, 4>;
};
struct Fsr {
  using Txcount = Field<Fsr, 0, 5>;
  using Rxcount = Field<Fsr, 16, 5>;
};
struct Tcr {
  using Framesz = Field<Tcr, 0, 12>;  // bits minus one
  using Bysw = Field<Tcr, 22>;
  using Prescale = Field<Tcr, 27, 3>;
};
}  // namespace lpspi

struct LpspiRegs {
  const volatile std::uint32_t VERID;
  const volatile std::uint32_t PARAM;
  const std::uint32_t RESERVED_08[2];
  Register<lpspi::Cr> CR;
  Register<lpspi::Sr> SR;
  volatile std::uint32_t IER;
  volatile std::uint32_t DER;
  volatile std::uint32_t CFGR0;
  Register<lpspi::Cfgr1> CFGR1;
  const std::uint32_t RESERVED_28[2];
  volatile std::uint32_t DMR0;
  volatile std::uint32_t DMR1;
  const std::uint32_t RESERVED_38[2];
  Register<lpspi::Ccr> CCR;
  const std::uint32_t RESERVED_44[5];
  Register<lpspi::Fcr> FCR;
  Register<lpspi::Fsr> FSR;
  Register<lpspi::Tcr> TCR;
  volatile std::uint32_t TDR;
  const std::uint32_t RESERVED_68[2];
  const volatile std::uint32_t RSR;
  volatile std::uint32_t RDR;
};
static_assert(offsetof(LpspiRegs, CCR) == 0x40 && offsetof(LpspiRegs, TDR) == 0x64);
static_assert(offsetof(LpspiRegs, RDR) == 0x74 && sizeof(LpspiRegs) == 0x78);
}  // namespace chip
