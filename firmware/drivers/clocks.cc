#include "drivers/clocks.hpp"

namespace drivers {

using chip::ccm::Cacrr;
using chip::ccm::Cbcdr;
using chip::ccm::Cbcmr;
using chip::ccm::Cscdr1;
using chip::ccm::Cscdr2;
using chip::ccm::Cscmr1;
using chip::ccm_analog::PllArm;
using chip::ccm_analog::PllSys;
using chip::dcdc::Reg3;

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
  dcdc_.REG3 = Reg3::Trg::Replace(dcdc_.REG3, kDcdc1v275);
  return PollUntil([this] { return chip::dcdc::Reg0::StsDcOk::Get(dcdc_.REG0) != 0; });
}

Status Clocks::LockArmPll() {
  chip::SetClearToggle<PllArm>& arm = analog_.PLL_ARM;
  arm.SET = PllArm::Bypass::kMask;
  // One store: a PLL that is powered up with another divider may lock onto a clock out of range.
  const chip::Value<PllArm> off =
      arm.VALUE & ~(PllArm::BypassClkSrc::kMask | PllArm::Powerdown::kMask);
  arm.VALUE = PllArm::DivSelect::Replace(off, kArmPllDivSelect) | PllArm::Enable::kMask;
  const Status locked = PollUntil([&arm] { return PllArm::Lock::Get(arm.VALUE) != 0; });
  if (locked == Status::kOk) {
    arm.CLR = PllArm::Bypass::kMask;
  }
  return locked;
}

Status Clocks::LockSystemPll() {
  chip::SetClearToggle<PllSys>& system = analog_.PLL_SYS;
  const bool running = PllSys::Powerdown::Get(system.VALUE) == 0 &&
                       PllSys::Bypass::Get(system.VALUE) == 0 &&
                       PllSys::Lock::Get(system.VALUE) != 0;
  if (running) {
    return Status::kOk;
  }
  system.SET = PllSys::Bypass::kMask;
  system.CLR = PllSys::BypassClkSrc::kMask | PllSys::Powerdown::kMask;
  system.SET = PllSys::DivSelect::kMask | PllSys::Enable::kMask;
  const Status locked = PollUntil([&system] { return PllSys::Lock::Get(system.VALUE) != 0; });
  if (locked == Status::kOk) {
    system.CLR = PllSys::Bypass::kMask;
  }
  return locked;
}

void Clocks::SetRoots() {
  ccm_.CSCMR1 = Cscmr1::PerclkPodf::Replace(ccm_.CSCMR1, 0) | Cscmr1::PerclkClkSel::kMask;
  ccm_.CSCDR1 = Cscdr1::UartClkPodf::Replace(ccm_.CSCDR1, 0) | Cscdr1::UartClkSel::kMask;
  ccm_.CSCDR2 = Cscdr2::Lpi2cClkPodf::Replace(ccm_.CSCDR2, 0) | Cscdr2::Lpi2cClkSel::kMask;
  const chip::Value<Cbcmr> lpspi = Cbcmr::LpspiClkSel::Replace(ccm_.CBCMR, kLpspiFromPll2);
  ccm_.CBCMR = Cbcmr::LpspiPodf::Replace(lpspi, kLpspiPodf);
}

Status Clocks::Start() {
  // The order of the SDK's BOARD_BootClockRUN: a slow and steady clock first, then the voltage,
  // then the dividers, then the PLL, and back onto it at the end.
  ccm_.CLPCR = chip::ccm::Clpcr::Lpm::Replace(ccm_.CLPCR, 0);  // or WFI would stop SysTick
  SetRoots();  // before anything that may fail: the console speaks even then
  ccm_.CBCDR = Cbcdr::PeriphClk2Podf::Replace(ccm_.CBCDR, 0);
  ccm_.CBCMR = Cbcmr::PeriphClk2Sel::Replace(ccm_.CBCMR, kPeriphClk2FromOscillator);
  Status status = WaitForHandshake();
  if (status != Status::kOk) {
    return status;
  }
  ccm_.CBCDR = ccm_.CBCDR | Cbcdr::PeriphClkSel::kMask;
  status = WaitForHandshake();
  if (status == Status::kOk) {
    status = RaiseCoreVoltage();
  }
  if (status != Status::kOk) {
    return status;
  }
  ccm_.CBCDR = Cbcdr::IpgPodf::Replace(Cbcdr::AhbPodf::Replace(ccm_.CBCDR, 0), kIpgPodf);
  ccm_.CACRR = Cacrr::ArmPodf::Replace(ccm_.CACRR, kArmPodf);
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
  ccm_.CBCMR = Cbcmr::PrePeriphClkSel::Replace(ccm_.CBCMR, kPrePeriphFromPll1);
  status = WaitForHandshake();
  if (status == Status::kOk) {
    ccm_.CBCDR = ccm_.CBCDR & ~Cbcdr::PeriphClkSel::kMask;
    status = WaitForHandshake();
  }
  return status;
}

std::uint32_t Clocks::CoreHz() const {
  std::uint32_t hz = kOscillatorHz;
  if (Cbcdr::PeriphClkSel::Get(ccm_.CBCDR) == 0) {
    const chip::Value<PllArm> arm = analog_.PLL_ARM.VALUE;
    if (PllArm::Bypass::Get(arm) == 0) {
      hz = kOscillatorHz / 2 * PllArm::DivSelect::Get(arm);
    }
    hz /= Cacrr::ArmPodf::Get(ccm_.CACRR) + 1;
  }
  return hz / (Cbcdr::AhbPodf::Get(ccm_.CBCDR) + 1);
}

}  // namespace drivers
