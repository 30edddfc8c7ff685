#include "drivers/low_power.hpp"

#include "chip/interrupts.hpp"
#include "drivers/cpu.hpp"

namespace drivers {

using chip::ccm::Clpcr;
using chip::gpt::Cr;
using chip::gpt::Ir;
using chip::gpt::Sr;

namespace {

constexpr std::uint32_t kTimerHz = 32'768;
constexpr std::uint32_t kTimerFrom32k = 4;
constexpr std::uint32_t kRun = 0;
constexpr std::uint32_t kWait = 1;
constexpr std::uint32_t kStop = 2;
constexpr std::uint32_t kGint = 1u << 12;  // of IOMUXC_GPR1

}  // namespace

void LowPower::StartTimer(std::uint32_t milliseconds) {
  const chip::Value<Cr> off = Cr::Clksrc::Put(kTimerFrom32k) | Cr::Frr::kMask | Cr::Stopen::kMask |
                              Cr::Waiten::kMask | Cr::Enmod::kMask;
  timer_.CR = off;
  timer_.SR = Sr::Of1::kMask;
  timer_.OCR[0] = static_cast<std::uint32_t>(std::uint64_t{milliseconds} * kTimerHz / 1000);
  timer_.IR = Ir::Of1ie::kMask;
  timer_.CR = off | Cr::En::kMask;
}

/// Microseconds since StartTimer().
std::uint32_t LowPower::StopTimer() {
  const std::uint64_t passed = std::uint64_t{timer_.CNT} * 1'000'000 / kTimerHz;
  timer_.IR = 0;
  timer_.CR = 0;
  timer_.SR = Sr::Of1::kMask;
  return static_cast<std::uint32_t>(passed);
}

void LowPower::MaskAll() {
  for (volatile std::uint32_t& mask : gpc_.IMR) {
    mask = 0xFFFF'FFFF;
  }
  gpc_.IMR5 = 0xFFFF'FFFF;
}

/// Erratum ERR007265: the mode may only be entered while an interrupt is pending at the GPC, or the
/// chip stops before the core has come to its WFI. GPR_IRQ is that interrupt; the NVIC never sees
/// it.
void LowPower::SetMode(std::uint32_t lpm) {
  gpr_.GPR[1] = gpr_.GPR[1] | kGint;
  Unmask(chip::kGprIrq);
  ccm_.CLPCR = Clpcr::Lpm::Replace(ccm_.CLPCR, lpm);
  Mask(chip::kGprIrq);
  gpr_.GPR[1] = gpr_.GPR[1] & ~kGint;
}

std::uint32_t LowPower::Sleep(SleepMode mode, std::uint32_t milliseconds, unsigned waker) {
  gpc_.CPU_CTRL = 0;
  MaskAll();
  Unmask(chip::kGpt1Irq);
  if (mode == SleepMode::kWait) {
    Unmask(waker);
  }
  StartTimer(milliseconds);
  SetMode(mode == SleepMode::kWait ? kWait : kStop);
  WaitForInterrupt();
  SetMode(kRun);
  return StopTimer();
}

void LowPower::Suspend(unsigned waker) {
  MaskAll();
  Unmask(waker);
  gpc_.MEGA_CTRL = 1;
  gpc_.CPU_CTRL = 1;
  SetMode(kStop);
  WaitForInterrupt();
  SetMode(kRun);
  gpc_.CPU_CTRL = 0;
  gpc_.MEGA_CTRL = 0;
}

}  // namespace drivers
