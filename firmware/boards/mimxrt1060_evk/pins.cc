#include "pins.hpp"

#include <cstdint>
#include <initializer_list>

#include "chip/peripherals.hpp"

namespace board {

namespace {

using Mux = chip::iomuxc::Mux;
using PadControl = chip::iomuxc::Pad;

/// One pad: offsets in IOMUXC of its mux and pad register, and of its input select (0 = none).
struct Pad {
  std::uint16_t mux_offset;
  std::uint16_t pad_offset;
  chip::Value<Mux> mux_value;
  chip::Value<PadControl> pad_value;
  std::uint16_t select_offset;
  std::uint8_t select_value;
};

constexpr chip::Value<Mux> kGpio = Mux::MuxMode::Put(5);
constexpr chip::Value<Mux> kLpuart = Mux::MuxMode::Put(2);
constexpr chip::Value<Mux> kLpi2c = Mux::MuxMode::Put(3);
constexpr chip::Value<Mux> kLpspi = Mux::MuxMode::Put(4);

/// 100 MHz, R0/6, keeper: the SDK's value 0x10B0 for logic signals.
constexpr chip::Value<PadControl> kLogic =
    PadControl::Dse::Put(6) | PadControl::Speed::Put(2) | PadControl::Pke::kMask;
/// Open drain with a 22 kOhm pull-up and hysteresis.
constexpr chip::Value<PadControl> kOpenDrain = kLogic | PadControl::Ode::kMask |
                                               PadControl::Pue::kMask | PadControl::Pus::Put(3) |
                                               PadControl::Hys::kMask;
/// The input path of an output pad on, as I2C and the SPI master's own clock need it.
constexpr chip::Value<Mux> kLoop = Mux::Sion::kMask;

constexpr Pad kPads[] = {
    {0x0EC, 0x2DC, kLpuart, kLogic, 0, 0},                 // AD_B0_12 LPUART1_TX
    {0x0F0, 0x2E0, kLpuart, kLogic, 0, 0},                 // AD_B0_13 LPUART1_RX
    {0x0E0, 0x2D0, kGpio, kLogic, 0, 0},                   // AD_B0_09 GPIO1.9 LED
    {0x1BC, 0x3AC, kLpspi | kLoop, kLogic, 0x4F0, 1},      // SD_B0_00 LPSPI1_SCK
    {0x1C0, 0x3B0, kGpio, kLogic, 0, 0},                   // SD_B0_01 GPIO3.13 camera select
    {0x1C4, 0x3B4, kLpspi | kLoop, kLogic, 0x4F8, 1},      // SD_B0_02 LPSPI1_SDO
    {0x1C8, 0x3B8, kLpspi | kLoop, kLogic, 0x4F4, 1},      // SD_B0_03 LPSPI1_SDI
    {0x0FC, 0x2EC, kLpi2c | kLoop, kOpenDrain, 0x4CC, 1},  // AD_B1_00 LPI2C1_SCL
    {0x100, 0x2F0, kLpi2c | kLoop, kOpenDrain, 0x4D0, 1},  // AD_B1_01 LPI2C1_SDA
};

constexpr unsigned MuxIndex(unsigned offset) { return (offset - 0x014) / 4; }
constexpr unsigned PadIndex(unsigned offset) { return (offset - 0x204) / 4; }
constexpr unsigned SelectIndex(unsigned offset) { return (offset - 0x3F4) / 4; }
static_assert(PadIndex(0x2DC) == MuxIndex(0x0EC), "each pad has the same place in both arrays");

}  // namespace

void StartPins() {
  // GPIO1 and GPIO3 and not their fast twins GPIO6 and GPIO8.
  IOMUXC_GPR.GPR[26] = IOMUXC_GPR.GPR[26] & ~(1u << kLedBit | 1u << kSclBit | 1u << kSdaBit);
  IOMUXC_GPR.GPR[28] = IOMUXC_GPR.GPR[28] & ~(1u << kCameraSelectBit);
  for (const Pad& entry : kPads) {
    IOMUXC.SW_MUX_CTL_PAD[MuxIndex(entry.mux_offset)] = entry.mux_value;
    IOMUXC.SW_PAD_CTL_PAD[PadIndex(entry.pad_offset)] = entry.pad_value;
    if (entry.select_offset != 0) {
      IOMUXC.SELECT_INPUT[SelectIndex(entry.select_offset)] = entry.select_value;
    }
  }
}

void SetSccbByHand(bool by_hand) {
  for (const unsigned mux_offset : {0x0FCu, 0x100u}) {
    IOMUXC.SW_MUX_CTL_PAD[MuxIndex(mux_offset)] = (by_hand ? kGpio : kLpi2c) | kLoop;
  }
}

}  // namespace board
