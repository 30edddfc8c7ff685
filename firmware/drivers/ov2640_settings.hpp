/// \file
/// The register values of 96x96 RGB565 (OmniVision OV2640 data sheet 1.6, tables 12 and 13). The
/// sensor runs in SVGA, 800x600; the DSP cuts the middle 600x600, halves it twice and zooms it to
/// 96x96. Registers that the data sheet calls reserved keep their reset values.
#pragma once

#include <cstdint>

namespace drivers::ov2640 {

struct Setting {
  std::uint8_t reg;
  std::uint8_t value;
};

constexpr std::uint8_t kBankSelect = 0xFF;
constexpr std::uint8_t kBankDsp = 0;
constexpr std::uint8_t kBankSensor = 1;

constexpr std::uint8_t kPidh = 0x0A;
constexpr std::uint8_t kPidl = 0x0B;
constexpr std::uint8_t kCom7 = 0x12;
constexpr std::uint8_t kCom7Reset = 0x80;
constexpr std::uint8_t kZmow = 0x5A;

constexpr unsigned kSensorWidth = 800;
constexpr unsigned kSensorHeight = 600;
constexpr unsigned kWindow = 600;  // a square, as the output is one
constexpr unsigned kOffsetX = (kSensorWidth - kWindow) / 2;
constexpr unsigned kOutput = 96;
static_assert(kWindow / 4 < 256 && kOffsetX < 256, "the upper bits in VHYX are 0");

constexpr Setting kRgb565At96x96[] = {
    {kBankSelect, kBankSensor},
    {kCom7, 0x40},  // SVGA
    {0x11, 0x01},   // CLKRC: clock / 2, 15 frames a second
    {0x03, 0x0A},   // COM1: lowest bits of the vertical window for SVGA
    {0x13, 0xE5},   // COM8: banding filter, gain and exposure automatic
    {0x14, 0x48},   // COM9: gain at most 8x
    {0x17, 0x11},   // HREFST
    {0x18, 0x43},   // HREFEND
    {0x19, 0x00},   // VSTRT
    {0x1A, 0x4B},   // VEND
    {0x32, 0x09},   // REG32: lowest bits of the horizontal window for SVGA

    {kBankSelect, kBankDsp},
    {0xE0, 0x04},               // RESET: hold the video port while it changes
    {0x05, 0x00},               // R_BYPASS: through the DSP
    {0xC0, kSensorWidth / 8},   // HSIZE8
    {0xC1, kSensorHeight / 8},  // VSIZE8
    {0x8C, 0x00},               // SIZEL: lowest bits of both
    {0x86, 0x3D},               // CTRL2: down scaling and colour processing on
    {0x50, 0x92},               // CTRLI: divide by 4 in both directions
    {0x51, kWindow / 4},        // HSIZE
    {0x52, kWindow / 4},        // VSIZE
    {0x53, kOffsetX},           // XOFFL
    {0x54, 0},                  // YOFFL
    {0x55, 0},                  // VHYX: upper bits of the four above
    {0x57, 0},                  // TEST: bit 7 is a further bit of HSIZE
    {kZmow, kOutput / 4},       // ZMOW
    {0x5B, kOutput / 4},        // ZMOH
    {0x5C, 0},                  // ZMHH: upper bits of both
    {0xD3, 0x82},               // R_DVP_SP: pixel clock follows the output size
    {0xDA, 0x08},               // IMAGE_MODE: RGB565, high byte first
    {0xC2, 0x0C},               // CTRL0: YUV and RGB paths on, raw off
    {0xE0, 0x00},               // RESET: go
};

}  // namespace drivers::ov2640
