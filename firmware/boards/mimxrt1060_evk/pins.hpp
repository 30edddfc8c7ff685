/// \file
/// The pads that the firmware uses, and nothing about the others.
#pragma once

namespace board {

constexpr unsigned kLedBit = 9;            // GPIO1, pad AD_B0_09, active low
constexpr unsigned kCameraSelectBit = 13;  // GPIO3, pad SD_B0_01, active low

constexpr unsigned kSclBit = 16;  // GPIO1, pad AD_B1_00
constexpr unsigned kSdaBit = 17;  // GPIO1, pad AD_B1_01

void StartPins();
/// SCL and SDA as GPIO1's, or as LPI2C1's, which they are after StartPins().
void SetSccbByHand(bool by_hand);

}  // namespace board
