#include "drivers/wdog.hpp"

namespace drivers {

void Wdog::Start(std::uint32_t half_seconds) {
  using chip::wdog::Wcr;
  Serve();
  // One write: WT may be written at any time, WDE only goes from 0 to 1.
  regs_.WCR = Wcr::Wt::Put(half_seconds - 1) | Wcr::Srs::kMask | Wcr::Wda::kMask | Wcr::Wde::kMask |
              Wcr::Wdbg::kMask | Wcr::Wdzst::kMask;
  Serve();
}

void Wdog::Serve() {
  regs_.WSR = chip::wdog::kService1;
  regs_.WSR = chip::wdog::kService2;
}

void StopPowerDownCounter(chip::WdogRegs& regs) {
  regs.WMCR = regs.WMCR & ~chip::wdog::Wmcr::Pde::kMask;
}

void StopRtwdog(chip::RtwdogRegs& regs) {
  using chip::rtwdog::Cs;
  if (Cs::En::Get(regs.CS) == 0) {
    return;
  }
  // The two writes behind the unlock must come within 128 bus clocks.
  regs.CNT = chip::rtwdog::kUnlock;
  regs.TOVAL = 0xFFFF;
  regs.CS = (regs.CS & ~Cs::En::kMask) | Cs::Update::kMask;
}

}  // namespace drivers
