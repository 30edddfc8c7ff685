#include "drivers/system_clock.hpp"

#include <doctest/doctest.h>

#include "drivers/cycle_counter.hpp"
#include "fakes.hpp"

TEST_CASE("a tick a millisecond, from the core clock") {
  chip::SystickRegs systick = {};
  chip::WdogRegs wdog = {};
  drivers::Wdog watchdog(wdog);
  drivers::SystemClock clock(systick, watchdog);
  clock.Start(600'000'000);
  CHECK(systick.RVR.Word() == 599'999);
  CHECK(systick.CSR.Word() == 7);
  clock.OnTick();
  clock.OnTick();
  CHECK(clock.NowMs() == 2);
}

TEST_CASE("whoever sleeps serves the watchdog, four times a second") {
  chip::SystickRegs systick = {};
  chip::WdogRegs wdog = {};
  drivers::Wdog watchdog(wdog);
  drivers::SystemClock clock(systick, watchdog);
  unsigned served = 0;
  for (int tick = 0; tick < 1000; ++tick) {
    clock.OnTick();
    wdog.WSR = 0;
    clock.Sleep();
    served += wdog.WSR == 0xAAAA ? 1 : 0;
  }
  CHECK(served == 4);
}

TEST_CASE("a sleep without SysTick counts as time, and the watchdog is served before it") {
  chip::SystickRegs systick = {};
  chip::WdogRegs wdog = {};
  drivers::Wdog watchdog(wdog);
  drivers::SystemClock clock(systick, watchdog);
  clock.Start(600'000'000);
  clock.OnTick();
  systick.CVR = 240'000;  // 0.6 ms have passed
  clock.Pause();
  CHECK(systick.CSR.Word() == 4);
  CHECK(wdog.WSR == 0xAAAA);
  clock.Resume(750'300);
  CHECK(systick.CSR.Word() == 7);
  CHECK(systick.CVR == 0);
  CHECK(clock.NowMs() == 751);  // 1 + 750.9
  systick.CVR = 540'000;
  clock.Pause();
  clock.Resume(0);
  CHECK(clock.NowMs() == 752);  // and 0.1
}

TEST_CASE("a delay lasts at least as long as asked, also over the wrap") {
  FakeClock clock;
  clock.now_us = 0xFFFF'FFFEull * 1000;
  clock.Delay(5);
  CHECK(clock.NowMs() - 0xFFFF'FFFE == 6);
}

TEST_CASE("a deadline expires behind its time and not before") {
  FakeClock clock;
  const drivers::Deadline deadline(clock, 2);
  CHECK_FALSE(deadline.Expired());
  clock.now_us += 2000;
  CHECK_FALSE(deadline.Expired());
  clock.now_us += 1000;
  CHECK(deadline.Expired());
}

TEST_CASE("the cycle counter is unlocked and enabled") {
  chip::DwtRegs dwt = {};
  chip::DebugRegs debug = {};
  drivers::CycleCounter counter(dwt, debug);
  counter.Start();
  CHECK(debug.DEMCR.Word() == 1u << 24);
  CHECK(dwt.LAR == 0xC5AC'CE55);
  CHECK(dwt.CTRL.Word() == 1);
  dwt.CYCCNT = 77;
  CHECK(counter.Now() == 77);
}
