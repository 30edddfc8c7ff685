/// \file
/// What comes out of an OV2640: a picture behind its lens, as its registers put it out. The bench's
/// sim/rt1062/devices/ov2640_output.py has the words for it; its file of camera transactions holds
/// both to the same.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "fake_jpeg.hpp"

class FakeOv2640Output {
 public:
  using Bank = std::array<std::uint8_t, 256>;
  using Bytes = std::vector<std::uint8_t>;

  FakeOv2640Output(const Bank& dsp, const Bank& sensor) : dsp_(dsp), sensor_(sensor) {
    if (!bypass_) {
      format_ =
          (dsp_[kImageMode] & 0x10) != 0 ? kJpeg : static_cast<Format>(dsp_[kImageMode] >> 2 & 3);
    }
    constexpr unsigned kPaths[] = {0x0C, 0x01, 0x02, 0xFF, 0x0C};
    const unsigned needed = bypass_ ? 0 : kPaths[format_];
    path_on_ = (dsp_[kCtrl0] & needed) == needed && format_ != kReserved;
    FindSpans();
  }

  /// No frame comes at all.
  bool IsHeld() const { return !bypass_ && (dsp_[kReset] & (format_ == kJpeg ? 0x14 : 0x04)) != 0; }

  /// Why a fed picture does not come out as it was fed; empty if it does.
  std::string Objection() const {
    if (bypass_) {
      return Said("R_BYPASS", kRBypass) + ": raw data of " + Size() + " come out past the DSP";
    }
    if (IsHeld()) {
      return Said("RESET", kReset) + ": nothing comes out";
    }
    if (format_ != kRgb565) {
      const char* const names[] = {"YUV422", "RAW", "RGB565", "a reserved format", "JPEG"};
      return Said("IMAGE_MODE", kImageMode) + ": " + names[format_] + " comes out, not RGB565";
    }
    if (!path_on_) {
      return Said("CTRL0", kCtrl0) + ": the path of RGB is off, zeros come out";
    }
    if (low_byte_first_) {
      return Said("IMAGE_MODE", kImageMode) + ": the low byte comes first";
    }
    if (horizontal_.out != kSide || vertical_.out != kSide) {
      return Said("ZMOW", kZmow) + ", ZMOH " + Hex(dsp_[kZmoh]) + ": " + Size() +
             " come out, not 96x96";
    }
    const std::string reg04 = "REG04 is " + Hex(sensor_[kReg04]);
    if (horizontal_.reversed || vertical_.reversed) {
      return reg04 + ": the picture comes out mirrored";
    }
    if (!column_phase_ || !row_phase_) {
      return reg04 + ": the colour phase is off, colours come out wrong";
    }
    return IsWhole(horizontal_) && IsWhole(vertical_) ? "" : WrongWindow();
  }

  /// The bytes of one frame of a fed picture; before the exposure has settled it is dark.
  Bytes Render(const Bytes& picture, int part, int whole) const {
    if (!path_on_) {
      return Bytes(Pixels() * (format_ == kRaw ? 1 : 2));
    }
    if (Objection().empty() && part == whole) {
      return picture;
    }
    std::vector<Colour> colours = Colours(picture);
    for (Colour& colour : colours) {
      colour = {colour.red * part * part / (whole * whole), colour.green * part / whole,
                colour.blue * part * part / (whole * whole)};
    }
    switch (format_) {
      case kRaw:
        return Mosaic(colours);
      case kRgb565:
        return Rgb(colours);
      default:
        return Yuv(colours);
    }
  }

 private:
  // In the order of IMAGE_MODE's bits, JPEG behind them.
  enum Format : unsigned { kYuv422, kRaw, kRgb565, kReserved, kJpeg };

  struct Colour {
    int red;
    int green;
    int blue;
  };

  /// One direction: the field of view, the part of it that is taken, what is made of that.
  struct Span {
    int field;
    int start;
    int taken;
    int out;
    bool reversed;
    int square;

    int Place(int i) const {
      const std::int64_t at = std::int64_t{2} * out * start + std::int64_t{2 * i + 1} * taken -
                              std::int64_t{out} * (field - square);
      const std::int64_t place =
          at < 0 ? 0
                 : std::min<std::int64_t>(kSide - 1, at * kSide / (std::int64_t{2} * out * square));
      return static_cast<int>(reversed ? kSide - 1 - place : place);
    }
  };

  static constexpr int kSide = 96;
  static constexpr std::size_t kRBypass = 0x05, kQs = 0x44, kCtrli = 0x50, kHsize = 0x51,
                               kVsize = 0x52, kXoffl = 0x53, kYoffl = 0x54, kVhyx = 0x55,
                               kTest = 0x57, kZmow = 0x5A, kZmoh = 0x5B, kZmhh = 0x5C,
                               kCtrl2 = 0x86, kSizel = 0x8C, kHsize8 = 0xC0, kVsize8 = 0xC1,
                               kCtrl0 = 0xC2, kImageMode = 0xDA, kReset = 0xE0;
  static constexpr std::size_t kReg04 = 0x04, kCom7 = 0x12, kHrefst = 0x17, kHrefend = 0x18,
                               kVstrt = 0x19, kVend = 0x1A;

  static std::string Hex(std::uint8_t value) {
    char text[5];
    static_cast<void>(std::snprintf(text, sizeof text, "0x%02X", static_cast<unsigned>(value)));
    return text;
  }

  std::string Said(const char* name, std::size_t reg) const {
    return std::string(name) + " is " + Hex(dsp_[reg]);
  }

  std::string Size() const {
    return std::to_string(horizontal_.out) + "x" + std::to_string(vertical_.out);
  }

  std::size_t Pixels() const { return static_cast<std::size_t>(horizontal_.out * vertical_.out); }

  static bool IsWhole(const Span& span) {
    for (int i = 0; i < kSide; ++i) {
      if (span.Place(i) != i) {
        return false;
      }
    }
    return true;
  }

  std::string WrongWindow() const {
    const Span& h = horizontal_;
    const Span& v = vertical_;
    return Said("HSIZE", kHsize) + ", VSIZE " + Hex(dsp_[kVsize]) + ": " + std::to_string(h.taken) +
           "x" + std::to_string(v.taken) + " at " + std::to_string(h.start) + "," +
           std::to_string(v.start) + " come out of " + std::to_string(h.field) + "x" +
           std::to_string(v.field) + ", not the middle square";
  }

  void FindSpans() {
    const int mode = sensor_[kCom7] >> 4 & 7;
    const int width = mode == 1 ? 400 : mode == 4 ? 800 : 1600;
    const int height = mode == 1 ? 296 : mode == 4 ? 600 : 1200;
    const int whole_start = mode == 1 || mode == 4 ? 0 : 1;
    Span h = {
        width, std::max(0, (sensor_[kHrefst] - 0x11) * 16), 0, 0, (sensor_[kReg04] & 0x80) != 0,
        height};
    Span v = {height,
              std::max(0, (sensor_[kVstrt] - whole_start) * 8),
              0,
              0,
              (sensor_[kReg04] & 0x40) != 0,
              height};
    h.taken = std::max(0, std::min((sensor_[kHrefend] - sensor_[kHrefst]) * 16, width - h.start));
    v.taken = std::max(0, std::min((sensor_[kVend] - sensor_[kVstrt]) * 8, height - v.start));
    if (!bypass_) {
      FindWindow(h, v);
    }
    h.out = h.taken;
    v.out = v.taken;
    if (!bypass_ && (dsp_[kCtrl2] & 0x20) != 0) {
      h.out =
          std::min((dsp_[kZmow] | (dsp_[kZmhh] & 3) << 8) * 4, h.taken >> (dsp_[kCtrli] & 7) & ~1);
      v.out = std::min((dsp_[kZmoh] | (dsp_[kZmhh] >> 2 & 1) << 8) * 4,
                       v.taken >> (dsp_[kCtrli] >> 3 & 7));
    }
    horizontal_ = h;
    vertical_ = v;
  }

  void FindWindow(Span& h, Span& v) const {
    const int high = dsp_[kVhyx];
    const int low = dsp_[kSizel];
    const int across =
        std::min(h.taken, (low >> 6 & 1) << 11 | dsp_[kHsize8] << 3 | (low >> 3 & 7));
    const int down = std::min(v.taken, dsp_[kVsize8] << 3 | (low & 7));
    const int x = (high & 7) << 8 | dsp_[kXoffl];
    const int y = (high >> 4 & 7) << 8 | dsp_[kYoffl];
    const int wide = ((dsp_[kTest] >> 7 & 1) << 9 | (high >> 3 & 1) << 8 | dsp_[kHsize]) * 4;
    const int tall = ((high >> 7 & 1) << 8 | dsp_[kVsize]) * 4;
    h.taken = std::max(0, std::min(wide, across - x));
    v.taken = std::max(0, std::min(tall, down - y));
    h.start += x;
    v.start += y;
  }

  std::vector<Colour> Colours(const Bytes& picture) const {
    std::vector<Colour> colours;
    for (int y = 0; y < vertical_.out; ++y) {
      for (int x = 0; x < horizontal_.out; ++x) {
        const auto at =
            static_cast<std::size_t>(2 * (vertical_.Place(y) * kSide + horizontal_.Place(x)));
        const int value = picture[at] << 8 | picture[at + 1];
        const int red = value >> 11;
        const int green = value >> 5 & 0x3F;
        const int blue = value & 0x1F;
        colours.push_back({red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2});
      }
    }
    return colours;
  }

  /// A colour a pixel: rows of BGBG and GRGR, begun later where a phase is off.
  Bytes Mosaic(const std::vector<Colour>& colours) const {
    Bytes bytes;
    const auto width = static_cast<std::size_t>(horizontal_.out);
    for (std::size_t i = 0; i < colours.size(); ++i) {
      const bool is_blue_row = i / width % 2 == (row_phase_ ? 0 : 1);
      const bool is_blue_column = i % width % 2 == (column_phase_ ? 0 : 1);
      const Colour& colour = colours[i];
      bytes.push_back(static_cast<std::uint8_t>(is_blue_row != is_blue_column ? colour.green
                                                : is_blue_row                 ? colour.blue
                                                                              : colour.red));
    }
    return bytes;
  }

  /// One phase off: the DSP takes greens for red and blue; both: red and blue change places.
  Colour InPhase(const Colour& colour) const {
    if (row_phase_ && column_phase_) {
      return colour;
    }
    if (row_phase_ == column_phase_) {
      return {colour.blue, colour.green, colour.red};
    }
    return {colour.green, (colour.red + colour.blue) >> 1, colour.green};
  }

  Bytes Rgb(const std::vector<Colour>& colours) const {
    Bytes bytes;
    for (const Colour& one : colours) {
      const Colour colour = InPhase(one);
      const int value = colour.red >> 3 << 11 | colour.green >> 2 << 5 | colour.blue >> 3;
      const auto high = static_cast<std::uint8_t>(value >> 8);
      const auto low = static_cast<std::uint8_t>(value);
      bytes.push_back(low_byte_first_ ? low : high);
      bytes.push_back(low_byte_first_ ? high : low);
    }
    return bytes;
  }

  Bytes Yuv(const std::vector<Colour>& colours) const {
    const auto width = static_cast<unsigned>(horizontal_.out);
    const auto height = static_cast<unsigned>(vertical_.out);
    FakeJpeg::Plane luma = {width, height, {}};
    FakeJpeg::Plane u = {width / 2, height, std::vector<int>(colours.size() / 2)};
    FakeJpeg::Plane v = u;
    for (std::size_t i = 0; i < colours.size(); ++i) {
      const Colour c = InPhase(colours[i]);
      luma.values.push_back((77 * c.red + 150 * c.green + 29 * c.blue) >> 8);
      u.values[i / 2] += ((-43 * c.red - 85 * c.green + 128 * c.blue) >> 8) + 128;
      v.values[i / 2] += ((128 * c.red - 107 * c.green - 21 * c.blue) >> 8) + 128;
      if (i % 2 != 0) {
        u.values[i / 2] >>= 1;
        v.values[i / 2] >>= 1;
      }
    }
    if (format_ == kJpeg) {
      return FakeJpeg::Encode(luma, u, v, std::max<unsigned>(1, dsp_[kQs]));
    }
    const bool v_first = (dsp_[kCtrl0] & 0x10) != 0;
    Bytes bytes(2 * colours.size());
    const std::size_t bright = low_byte_first_ ? 0 : 1;
    for (std::size_t i = 0; i < colours.size(); ++i) {
      const FakeJpeg::Plane& plane = (i % 2 != 0) != v_first ? v : u;
      bytes[2 * i + bright] = static_cast<std::uint8_t>(luma.values[i]);
      bytes[2 * i + 1 - bright] = static_cast<std::uint8_t>(plane.values[i / 2]);
    }
    return bytes;
  }

  Bank dsp_;
  Bank sensor_;
  bool bypass_ = (dsp_[kRBypass] & 1) != 0;
  bool low_byte_first_ = !bypass_ && (dsp_[kImageMode] & 1) != 0;
  bool column_phase_ = (sensor_[kReg04] & 0x08) != 0;
  bool row_phase_ = ((sensor_[kReg04] & 0x10) != 0) == ((sensor_[kReg04] & 0x40) != 0);
  Format format_ = kRaw;
  bool path_on_ = false;
  Span horizontal_ = {};
  Span vertical_ = {};
};
