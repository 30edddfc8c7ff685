/// \file
/// General purpose timer registers (i.MX RT1060 reference manual, chapter General Purpose Timer).
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace gpt {
struct Cr {
  using En = Field<Cr, 0>;
  using Enmod = Field<Cr, 1>;      // the counter starts from 0
  using Waiten = Field<Cr, 3>;     // counts in WAIT
  using Stopen = Field<Cr, 5>;     // counts in STOP
  using Clksrc = Field<Cr, 6, 3>;  // 4 = 32.768 kHz
  using Frr = Field<Cr, 9>;        // runs on past OCR1
};
struct Sr {  // W1C
  using Of1 = Field<Sr, 0>;
};
struct Ir {
  using Of1ie = Field<Ir, 0>;
};
}  // namespace gpt

struct GptRegs {
  Register<gpt::Cr> CR;
  volatile std::uint32_t PR;
  Register<gpt::Sr> SR;
  Register<gpt::Ir> IR;
  volatile std::uint32_t OCR[3];
  const volatile std::uint32_t ICR[2];
  const volatile std::uint32_t CNT;
};
static_assert(offsetof(GptRegs, OCR) == 0x10 && offsetof(GptRegs, CNT) == 0x24);

}  // namespace chip
