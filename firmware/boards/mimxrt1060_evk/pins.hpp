/// \file
/// The pads that the firmware uses, and nothing about the others.
#pragma once

namespace board {

constexpr unsigned kLedBit = 9;            // GPIO1, pad AD_B0_09, active low
constexpr unsigned kCameraSelectBit = 13;  // GPIO3, pad SD_B0_01, active low

void StartPins();

}  // namespace board
