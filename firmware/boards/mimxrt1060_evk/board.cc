#include "board.hpp"

#include <algorithm>

#include "chip/interrupts.hpp"
#include "chip/peripherals.hpp"
#include "drivers/clocks.hpp"
#include "drivers/cpu.hpp"
#include "drivers/lpi2c.hpp"
#include "drivers/lpspi.hpp"
#include "drivers/ov2640.hpp"
#include "drivers/wdog.hpp"
#include "pins.hpp"

namespace board {

namespace {

constexpr std::uint32_t kWatchdogHalfSeconds = 8;
constexpr std::uint32_t kLongestSleepMs = 1000;  // the watchdog goes on in every mode
constexpr std::uint8_t kInterruptPriority = 0x80;

drivers::Wdog watchdog(WDOG1);
drivers::Clocks clocks(CCM, CCM_ANALOG, DCDC);
drivers::LowPower low_power(CCM, GPC, IOMUXC_GPR, GPT1);
drivers::OutputPin led(GPIO1, kLedBit);

constexpr std::uint32_t Gate(unsigned index) { return 3u << (2 * index); }

void OpenGates() {
  CCM.CCGR[1] = CCM.CCGR[1] | Gate(0) | Gate(13);              // LPSPI1, GPIO1
  CCM.CCGR[1] = CCM.CCGR[1] | Gate(10) | Gate(11);             // GPT1, its bus and its counter
  CCM.CCGR[2] = CCM.CCGR[2] | Gate(3) | Gate(6) | Gate(13);    // LPI2C1, OCOTP, GPIO3
  CCM.CCGR[3] = CCM.CCGR[3] | Gate(8);                         // WDOG1
  CCM.CCGR[4] = CCM.CCGR[4] | Gate(1) | Gate(2);               // IOMUXC, IOMUXC_GPR
  CCM.CCGR[6] = CCM.CCGR[6] | Gate(3);                         // DCDC
  CCM.CCGR[5] = CCM.CCGR[5] | Gate(12) | Gate(14) | Gate(15);  // LPUART1, SNVS_HP, SNVS_LP
}

void EnableInterruptLine(unsigned irq) {
  NVIC.IPR[irq] = kInterruptPriority;
  NVIC.ISER[irq / 32] = 1u << (irq % 32);
}

}  // namespace

drivers::SystemClock clock(SYSTICK, watchdog);
drivers::CycleCounter cycles(DWT, DEBUG);
drivers::Lpuart console(LPUART1, clock);
drivers::ResetHistory resets(SRC, SNVS);
drivers::AlarmClock alarm_clock(SNVS);
drivers::KeptWords kept_words(SNVS);

namespace {

class SccbLines final : public drivers::I2cLines {
 public:
  void Take() override {
    scl_.Set(true);
    sda_.Set(true);
    SetSccbByHand(true);
  }
  void Give() override { SetSccbByHand(false); }
  void SetScl(bool level) override { scl_.Set(level); }
  void SetSda(bool level) override { sda_.Set(level); }
  bool Sda() const override { return sda_.Level(); }

 private:
  drivers::OpenDrainPin scl_{GPIO1, kSclBit};
  drivers::OpenDrainPin sda_{GPIO1, kSdaBit};
};

drivers::Lpspi camera_spi(LPSPI1);
SccbLines sccb_lines;
drivers::Lpi2c camera_i2c(LPI2C1, sccb_lines, clock);
drivers::OutputPin camera_select(GPIO3, kCameraSelectBit);
drivers::Ov2640 sensor(camera_i2c, clock);
drivers::Arducam arducam(camera_spi, camera_select, sensor, clock);

}  // namespace

drivers::Camera& camera = arducam;

void Start() {
  using chip::scb::Shcsr;
  SCB.SHCSR =
      SCB.SHCSR | Shcsr::Memfaultena::kMask | Shcsr::Busfaultena::kMask | Shcsr::Usgfaultena::kMask;
  SCB.CCR = SCB.CCR | chip::scb::Ccr::Div0Trp::kMask;
  OpenGates();
  // A clock that does not settle leaves the core slow but right: CoreHz() says what it became.
  static_cast<void>(clocks.Start());
  StartPins();
  cycles.Start();
  resets.Start();
  led.Start(true);
  camera_select.Start(true);
  camera_spi.Start(drivers::kLpspiClockHz, drivers::Arducam::kMaxSpiHz);
  camera_i2c.Start();
  watchdog.Start(kWatchdogHalfSeconds);
  clock.Start(CoreHz());
  console.Start(drivers::kLpuartClockHz, kConsoleBaud);
  EnableInterruptLine(chip::kLpuart1Irq);
  EnableInterruptLine(chip::kLpi2c1Irq);
  EnableInterruptLine(chip::kGpt1Irq);
}

void Reset() {
  drivers::DisableInterrupts();
  resets.MarkIntended();
  drivers::DataBarrier();
  SCB.AIRCR = chip::scb::Aircr::kKey | chip::scb::Aircr::Sysresetreq::kMask;
  drivers::DataBarrier();
  for (;;) {
  }
}

void Sleep(drivers::SleepMode mode, std::uint32_t milliseconds) {
  // A masked interrupt ends the sleep all the same, and its handler finds the clock running again.
  drivers::DisableInterrupts();
  clock.Pause();
  const std::uint32_t slept = low_power.Sleep(
      mode, std::clamp<std::uint32_t>(milliseconds, 1, kLongestSleepMs), chip::kLpuart1Irq);
  clock.Resume(slept);
  drivers::EnableInterrupts();
}

void SleepUntil(drivers::SleepMode mode, std::uint32_t second) {
  drivers::DisableInterrupts();  // what wakes has no handler: there is nobody to go on
  clock.Pause();
  EnableInterruptLine(chip::kSnvsLpIrq);
  resets.MarkSleep();
  alarm_clock.SetAlarm(second);
  if (alarm_clock.Seconds() < second) {
    if (mode == drivers::SleepMode::kSnvs) {
      alarm_clock.PowerOff();
      for (;;) {  // until the supply is gone; the watchdog, if it stays
      }
    }
    low_power.Suspend(chip::kSnvsLpIrq);
  }
  Reset();  // the second has come meanwhile
}

void SetConsoleBaud(std::uint32_t baud) { console.SetBaud(drivers::kLpuartClockHz, baud); }

std::uint32_t CoreHz() { return clocks.CoreHz(); }
std::uint32_t ChipIdHigh() { return OCOTP.CFG1; }
std::uint32_t ChipIdLow() { return OCOTP.CFG0; }
void SetLed(bool lit) { led.Set(!lit); }

}  // namespace board

extern "C" {
void SysTickHandler() { board::clock.OnTick(); }
void Lpuart1Handler() { board::console.OnInterrupt(); }
void Lpi2c1Handler() { board::camera_i2c.OnInterrupt(); }
void Gpt1Handler() {}  // it wakes, and that was all
}
