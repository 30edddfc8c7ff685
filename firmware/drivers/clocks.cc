#include "drivers/clocks.hpp"

namespace drivers {

namespace cacrr = chip::ccm::cacrr;
namespace cbcdr = chip::ccm::cbcdr;
namespace cbcmr = chip::ccm::cbcmr;
namespace cscdr1 = chip::ccm::cscdr1;
namespace cscdr2 = chip::ccm::cscdr2;
namespace cscmr1 = chip::ccm::cscmr1;
namespace pll = chip::ccm_analog::pll;
namespace reg3 = chip::dcdc::reg3;

namespace {

constexpr std::uint32_t kDcdc1v275 = 0x13;
constexpr std::uint32_t kArmPllDivSelect = 100;  // 1200 MHz
constexpr std::uint32_t kArmPodf = 1;            // / 2
constexpr std::uint32_t kIpgPodf = 3;            // / 4: 150 MHz
constexpr std::uint32_t kLpspiPodf = 4;          // / 5
constexpr std::uint32_t kLpspiFromPll2 = 2;
constexpr std::uint32_t kPeriphClk2FromOscillator = 1;
constexpr std::uint32_t kPrePeriphFromPll1 = 3;
/// PLLs lock and the DC-DC converter settles in well under 1 ms; one turn takes over 10 ns.
constexpr std::uint32_t kPollLimit = 1'000'000;

template <typename Condition>
Status PollUntil(Condition condition) {
  for (std::uint32_t poll = 0; poll < kPollLimit; ++poll) {
    if (condition()) {
      return Status::kOk;
    }
  }
  return Status::kTimeout;
}

}  // namespace

Status Clocks::WaitForHandshake() {
  return PollUntil([this] { return ccm_.CDHIPR == 0; });
}

Status Clocks::RaiseCoreVoltage() {
  dcdc_.REG3 = reg3::Trg::Replace(dcdc_.REG3, kDcdc1v275);
  return PollUntil([this] { return chip::dcdc::reg0::StsDcOk::Get(dcdc_.REG0) != 0; });
}

Status Clocks::LockArmPll() {
  chip::SetClearToggle& arm = analog_.PLL_ARM;
  arm.SET = pll::Bypass::kMask;
  arm.CLR = pll::BypassClkSrc::kMask | pll::Powerdown::kMask | pll::ArmDivSelect::kMask;
  arm.SET = pll::ArmDivSelect::Put(kArmPllDivSelect) | pll::Enable::kMask;
  const Status locked = PollUntil([&arm] { return pll::Lock::Get(arm.VALUE) != 0; });
  if (locked == Status::kOk) {
    arm.CLR = pll::Bypass::kMask;
  }
  return locked;
}

Status Clocks::LockSystemPll() {
  chip::SetClearToggle& system = analog_.PLL_SYS;
  const bool running = pll::Powerdown::Get(system.VALUE) == 0 &&
                       pll::Bypass::Get(system.VALUE) == 0 && pll::Lock::Get(system.VALUE) != 0;
  if (running) {
    return Status::kOk;
  }
  system.SET = pll::Bypass::kMask;
  system.CLR = pll::BypassClkSrc::kMask | pll::Powerdown::kMask;
  system.SET = pll::SysDivSelect::kMask | pll::Enable::kMask;
  const Status locked = PollUntil([&system] { return pll::Lock::Get(system.VALUE) != 0; });
  if (locked == Status::kOk) {
    system.CLR = pll::Bypass::kMask;
  }
  return locked;
}

void Clocks::SetRoots() {
  ccm_.CSCMR1 = cscmr1::PerclkPodf::Replace(ccm_.CSCMR1, 0) | cscmr1::PerclkClkSel::kMask;
  ccm_.CSCDR1 = cscdr1::UartClkPodf::Replace(ccm_.CSCDR1, 0) | cscdr1::UartClkSel::kMask;
  ccm_.CSCDR2 = cscdr2::Lpi2cClkPodf::Replace(ccm_.CSCDR2, 0) | cscdr2::Lpi2cClkSel::kMask;
  std::uint32_t lpspi = cbcmr::LpspiClkSel::Replace(ccm_.CBCMR, kLpspiFromPll2);
  ccm_.CBCMR = cbcmr::LpspiPodf::Replace(lpspi, kLpspiPodf);
}

Status Clocks::Start() {
  // The order of the SDK's BOARD_BootClockRUN: a slow and steady clock first, then the voltage,
  // then the dividers, then the PLL, and back onto it at the end.
  ccm_.CLPCR = chip::ccm::clpcr::Lpm::Replace(ccm_.CLPCR, 0);  // or WFI would stop SysTick
  ccm_.CBCDR = cbcdr::PeriphClk2Podf::Replace(ccm_.CBCDR, 0);
  ccm_.CBCMR = cbcmr::PeriphClk2Sel::Replace(ccm_.CBCMR, kPeriphClk2FromOscillator);
  Status status = WaitForHandshake();
  if (status != Status::kOk) {
    return status;
  }
  ccm_.CBCDR = ccm_.CBCDR | cbcdr::PeriphClkSel::kMask;
  SetRoots();
  status = WaitForHandshake();
  if (status == Status::kOk) {
    status = RaiseCoreVoltage();
  }
  if (status != Status::kOk) {
    return status;
  }
  ccm_.CBCDR = cbcdr::IpgPodf::Replace(cbcdr::AhbPodf::Replace(ccm_.CBCDR, 0), kIpgPodf);
  ccm_.CACRR = cacrr::ArmPodf::Replace(ccm_.CACRR, kArmPodf);
  status = WaitForHandshake();
  if (status == Status::kOk) {
    status = LockArmPll();
  }
  if (status == Status::kOk) {
    status = LockSystemPll();
  }
  if (status != Status::kOk) {
    return status;
  }
  ccm_.CBCMR = cbcmr::PrePeriphClkSel::Replace(ccm_.CBCMR, kPrePeriphFromPll1);
  status = WaitForHandshake();
  if (status == Status::kOk) {
    ccm_.CBCDR = ccm_.CBCDR & ~cbcdr::PeriphClkSel::kMask;
    status = WaitForHandshake();
  }
  return status;
}

std::uint32_t Clocks::CoreHz() const {
  std::uint32_t hz = kOscillatorHz;
  if (cbcdr::PeriphClkSel::Get(ccm_.CBCDR) == 0) {
    const std::uint32_t arm = analog_.PLL_ARM.VALUE;
    if (pll::Bypass::Get(arm) == 0) {
      hz = kOscillatorHz / 2 * pll::ArmDivSelect::Get(arm);
    }
    hz /= cacrr::ArmPodf::Get(ccm_.CACRR) + 1;
  }
  return hz / (cbcdr::AhbPodf::Get(ccm_.CBCDR) + 1);
}

}  // namespace drivers
