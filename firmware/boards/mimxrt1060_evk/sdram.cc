#include "sdram.hpp"

#include <cstdint>

#include "chip/peripherals.hpp"
#include "drivers/memory_protection.hpp"
#include "drivers/sdram.hpp"

namespace board {

namespace {

using chip::ccm::Cbcdr;
using chip::ccm_analog::Pfd528;
using drivers::Access;
using drivers::Memory;
using drivers::ProtectedRegion;
using Mux = chip::iomuxc::Mux;
using PadControl = chip::iomuxc::Pad;

constexpr std::uint32_t kBase = 0x8000'0000;
constexpr unsigned kSizeLog2 = 25;
constexpr unsigned kSmallestLog2 = 12;  // BR.MS 0
constexpr ProtectedRegion kController = {0x402F'0000, 14, Access::kReadWrite, Memory::kDevice,
                                         false};
constexpr ProtectedRegion kMemory = {kBase, kSizeLog2, Access::kReadWrite, Memory::kCached, false};
constexpr unsigned kPads = 40;  // EMC_00 .. EMC_39, the first of IOMUXC, all ALT0
constexpr unsigned kStrobe = 39;
constexpr std::uint32_t kPfd2Frac = 29;  // 528 MHz * 18 / 29 = 327.7 MHz
constexpr std::uint32_t kPodf = 1;       // / 2
constexpr std::uint32_t kPollLimit = 1'000'000;

/// 164 MHz from PFD2 of PLL2, which nothing else here uses; the controller is gated meanwhile.
Status StartClock() {
  CCM.CCGR[3] = CCM.CCGR[3] & ~(3u << 4);
  CCM_ANALOG.PFD_528.SET = Pfd528::Pfd2Clkgate::kMask;
  CCM_ANALOG.PFD_528.VALUE = Pfd528::Pfd2Frac::Replace(CCM_ANALOG.PFD_528.VALUE, kPfd2Frac);
  CCM_ANALOG.PFD_528.CLR = Pfd528::Pfd2Clkgate::kMask;
  const chip::Value<Cbcdr> divided = Cbcdr::SemcPodf::Replace(CCM.CBCDR, kPodf);
  CCM.CBCDR = (divided & ~Cbcdr::SemcAltClkSel::kMask) | Cbcdr::SemcClkSel::kMask;
  std::uint32_t polls = 0;
  while (CCM.CDHIPR != 0) {
    if (++polls == kPollLimit) {
      return Status::kTimeout;
    }
  }
  CCM.CCGR[1] = CCM.CCGR[1] | 3u << 18;  // SEMC_EXSC
  CCM.CCGR[3] = CCM.CCGR[3] | 3u << 4;   // SEMC
  return Status::kOk;
}

/// 200 MHz, strongest driver, keeper, hysteresis, fast edges: the SDK's value 0x110F9.
void StartPads() {
  for (unsigned pad = 0; pad < kPads; ++pad) {
    IOMUXC.SW_MUX_CTL_PAD[pad] = pad == kStrobe ? Mux::Sion::kMask : Mux::MuxMode::Put(0);
    IOMUXC.SW_PAD_CTL_PAD[pad] = PadControl::Hys::kMask | PadControl::Pke::kMask |
                                 PadControl::Speed::Put(3) | PadControl::Dse::Put(7) |
                                 PadControl::Sre::kMask;
  }
}

}  // namespace

Status StartSdram() {
  Status status = StartClock();
  if (status != Status::kOk) {
    return status;
  }
  StartPads();
  status = drivers::AddRegion(MPU, kController);
  if (status == Status::kOk) {
    status = drivers::Sdram(SEMC).Start(kBase, kSizeLog2 - kSmallestLog2);
  }
  // Only now: the core may look ahead into what it may read.
  return status == Status::kOk ? drivers::AddRegion(MPU, kMemory) : status;
}

}  // namespace board
