/// \file
/// MIMXRT1060-EVK: the devices of the board, ready for use after Start().
#pragma once

#include <cstdint>

#include "drivers/alarm_clock.hpp"
#include "drivers/arducam.hpp"
#include "drivers/cycle_counter.hpp"
#include "drivers/gpio.hpp"
#include "drivers/kept_words.hpp"
#include "drivers/low_power.hpp"
#include "drivers/lpuart.hpp"
#include "drivers/reset_history.hpp"
#include "drivers/system_clock.hpp"

namespace board {

constexpr char kName[] = "mimxrt1060-evk";
/// What the camera makes.
constexpr drivers::FrameFormat kFrame = drivers::Arducam::kFormat;
/// Of the console after Start().
constexpr std::uint32_t kConsoleBaud = 115'200;

extern drivers::SystemClock clock;
extern drivers::CycleCounter cycles;
extern drivers::Lpuart console;
extern drivers::ResetHistory resets;
extern drivers::AlarmClock alarm_clock;
extern drivers::KeptWords kept_words;
extern drivers::Camera& camera;

/// Clocks, pins, buses, console, tick and watchdog. The console works even if the clocks do not
/// settle.
void Start();
/// Resets the chip (SYSRESETREQ); the next boot knows that it was meant.
[[noreturn]] void Reset();
/// Sleeps in kWait or kStop for `milliseconds`, a second at most; in WAIT the console ends it.
/// What the console has queued must have left, as its clock stops in STOP.
void Sleep(drivers::SleepMode mode, std::uint32_t milliseconds);
/// Sleeps in kSuspend or kSnvs until that second of the alarm clock; then the chip boots.
[[noreturn]] void SleepUntil(drivers::SleepMode mode, std::uint32_t second);
/// Another rate of the console; see drivers::Lpuart::SetBaud().
void SetConsoleBaud(std::uint32_t baud);

/// The core clock, from the clock registers.
std::uint32_t CoreHz();
/// The chip's unique id, two words of fuses.
std::uint32_t ChipIdHigh();
std::uint32_t ChipIdLow();
void SetLed(bool lit);

}  // namespace board
