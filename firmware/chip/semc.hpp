/// \file
/// External memory controller registers (i.MX RT1060 reference manual, chapter Smart External
/// Memory Controller), as far as an SDRAM needs them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/register.hpp"

namespace chip {

namespace semc {
struct Mcr {
  using Swrst = Field<Mcr, 0>;
  using Mdis = Field<Mcr, 1>;
  using Dqsmd = Field<Mcr, 2>;    // 1 = the read strobe comes back over the DQS pad
  using Bto = Field<Mcr, 24, 5>;  // bus time-out
};
/// BR0: the region of chip select 0.
struct Br {
  using Vld = Field<Br, 0>;
  using Ms = Field<Br, 1, 5>;  // 4 KB << MS
  using Ba = Field<Br, 12, 20>;
};
struct Intr {
  using Ipcmddone = Field<Intr, 0>;
  using Ipcmderr = Field<Intr, 1>;
};
struct Sdramcr0 {
  using Ps = Field<Sdramcr0, 0>;      // 1 = 16 bits wide
  using Bl = Field<Sdramcr0, 4, 3>;   // 3 = bursts of 8
  using Col = Field<Sdramcr0, 8, 2>;  // 3 = 9 column bits
  using Cl = Field<Sdramcr0, 10, 2>;  // CAS latency
};
struct Sdramcr1 {
  using Pre2act = Field<Sdramcr1, 0, 4>;  // each of these is cycles - 1
  using Act2rw = Field<Sdramcr1, 4, 4>;
  using Rfrc = Field<Sdramcr1, 8, 5>;
  using Wrc = Field<Sdramcr1, 13, 3>;
  using Ckeoff = Field<Sdramcr1, 16, 4>;
  using Act2pre = Field<Sdramcr1, 20, 4>;
};
struct Sdramcr2 {
  using Srrc = Field<Sdramcr2, 0, 8>;
  using Ref2ref = Field<Sdramcr2, 8, 8>;
  using Act2act = Field<Sdramcr2, 16, 8>;
};
struct Sdramcr3 {
  using Ren = Field<Sdramcr3, 0>;
  using Rebl = Field<Sdramcr3, 1, 3>;  // refreshes in a row - 1
  using Prescale = Field<Sdramcr3, 8, 8>;
  using Rt = Field<Sdramcr3, 16, 8>;
  using Ut = Field<Sdramcr3, 24, 8>;
};
struct Ipcmd {
  using Cmd = Field<Ipcmd, 0, 16>;
  using Key = Field<Ipcmd, 16, 16>;
};
constexpr std::uint32_t kKey = 0xA55A;
constexpr std::uint32_t kModeSet = 10, kAutoRefresh = 12, kPrechargeAll = 15;
}  // namespace semc

struct SemcRegs {
  Register<semc::Mcr> MCR;
  volatile std::uint32_t IOCR;
  volatile std::uint32_t BMCR[2];
  Register<semc::Br> BR[9];
  volatile std::uint32_t DLLCR;
  volatile std::uint32_t INTEN;
  Register<semc::Intr> INTR;
  Register<semc::Sdramcr0> SDRAMCR0;
  Register<semc::Sdramcr1> SDRAMCR1;
  Register<semc::Sdramcr2> SDRAMCR2;
  Register<semc::Sdramcr3> SDRAMCR3;
  volatile std::uint32_t NANDCR[4];
  volatile std::uint32_t NORCR[4];
  volatile std::uint32_t SRAMCR[4];
  volatile std::uint32_t DBICR[2];
  const std::uint32_t RESERVED_88[2];
  volatile std::uint32_t IPCR[3];
  Register<semc::Ipcmd> IPCMD;
  volatile std::uint32_t IPTXDAT;
};
static_assert(offsetof(SemcRegs, INTR) == 0x3C && offsetof(SemcRegs, SDRAMCR3) == 0x4C);
static_assert(offsetof(SemcRegs, IPCR) == 0x90 && offsetof(SemcRegs, IPTXDAT) == 0xA0);

}  // namespace chip
