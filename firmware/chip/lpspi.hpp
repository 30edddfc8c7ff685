/// \file
/// LPSPI registers (i.MX RT1060 reference manual, chapter Low Power Serial Peripheral Interface).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/field.hpp"

namespace chip {

struct LpspiRegs {
  const volatile std::uint32_t VERID;
  const volatile std::uint32_t PARAM;
  const std::uint32_t RESERVED_08[2];
  volatile std::uint32_t CR;
  volatile std::uint32_t SR;
  volatile std::uint32_t IER;
  volatile std::uint32_t DER;
  volatile std::uint32_t CFGR0;
  volatile std::uint32_t CFGR1;
  const std::uint32_t RESERVED_28[2];
  volatile std::uint32_t DMR0;
  volatile std::uint32_t DMR1;
  const std::uint32_t RESERVED_38[2];
  volatile std::uint32_t CCR;
  const std::uint32_t RESERVED_44[5];
  volatile std::uint32_t FCR;
  volatile std::uint32_t FSR;
  volatile std::uint32_t TCR;
  volatile std::uint32_t TDR;
  const std::uint32_t RESERVED_68[2];
  const volatile std::uint32_t RSR;
  volatile std::uint32_t RDR;
};
static_assert(offsetof(LpspiRegs, CCR) == 0x40 && offsetof(LpspiRegs, TDR) == 0x64);
static_assert(offsetof(LpspiRegs, RDR) == 0x74 && sizeof(LpspiRegs) == 0x78);

namespace lpspi {
namespace cr {
using Men = Field<0>;
using Rst = Field<1>;
using Rtf = Field<8>;
using Rrf = Field<9>;
}  // namespace cr
namespace sr {
using Mbf = Field<24>;
/// The flags that writing one clears: WCF, FCF, TCF, TEF, REF, DMF.
constexpr std::uint32_t kClearable = 0x3F00;
}  // namespace sr
namespace cfgr1 {
using Master = Field<0>;
using Sample = Field<1>;
}  // namespace cfgr1
namespace ccr {
using Sckdiv = Field<0, 8>;
using Dbt = Field<8, 8>;
using Pcssck = Field<16, 8>;
using Sckpcs = Field<24, 8>;
}  // namespace ccr
namespace fcr {
using Txwater = Field<0, 4>;
using Rxwater = Field<16, 4>;
}  // namespace fcr
namespace fsr {
using Txcount = Field<0, 5>;
using Rxcount = Field<16, 5>;
}  // namespace fsr
namespace tcr {
using Framesz = Field<0, 12>;  // bits minus one
using Prescale = Field<27, 3>;
}  // namespace tcr
}  // namespace lpspi
}  // namespace chip
