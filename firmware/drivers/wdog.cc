#include "drivers/wdog.hpp"

namespace drivers {

namespace {

constexpr std::uint16_t Half(std::uint32_t value) { return static_cast<std::uint16_t>(value); }

}  // namespace

void Wdog::Start(std::uint32_t half_seconds) {
  namespace wcr = chip::wdog::wcr;
  Serve();
  // One write: WT may be written at any time, WDE only goes from 0 to 1.
  regs_.WCR = Half(wcr::Wt::Put(half_seconds - 1) | wcr::Srs::kMask | wcr::Wda::kMask |
                   wcr::Wde::kMask | wcr::Wdbg::kMask);
  Serve();
}

void Wdog::Serve() {
  regs_.WSR = chip::wdog::kService1;
  regs_.WSR = chip::wdog::kService2;
}

void StopPowerDownCounter(chip::WdogRegs& regs) {
  regs.WMCR = Half(regs.WMCR & ~chip::wdog::wmcr::Pde::kMask);
}

void StopRtwdog(chip::RtwdogRegs& regs) {
  namespace cs = chip::rtwdog::cs;
  if (cs::En::Get(regs.CS) == 0) {
    return;
  }
  // The two writes behind the unlock must come within 128 bus clocks.
  regs.CNT = chip::rtwdog::kUnlock;
  regs.TOVAL = 0xFFFF;
  regs.CS = (regs.CS & ~cs::En::kMask) | cs::Update::kMask;
}

}  // namespace drivers
