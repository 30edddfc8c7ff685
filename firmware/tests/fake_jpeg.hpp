/// \file
/// Baseline JPEG, 4:2:2, as the camera of the bench writes it (sim/rt1062/devices/jpeg.py has the
/// words for it).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

class FakeJpeg {
 public:
  using Bytes = std::vector<std::uint8_t>;

  struct Plane {
    unsigned width;
    unsigned height;
    std::vector<int> values;

    int At(unsigned x, unsigned y) const {
      return values[std::min(y, height - 1) * width + std::min(x, width - 1)];
    }
  };

  /// A file of planes from 0 to 255, those of colour half as wide; `step` from 1 to 255.
  static Bytes Encode(const Plane& luma, const Plane& u, const Plane& v, unsigned step) {
    if (luma.width == 0 || luma.height == 0) {
      return {};
    }
    FakeJpeg file;
    file.PutHeader(luma.width, luma.height, step);
    int before[3] = {};
    for (unsigned row = 0; row < (luma.height + 7) / 8; ++row) {
      for (unsigned column = 0; column < (luma.width + 15) / 16; ++column) {
        file.PutBlock(Quantised(luma, 2 * column, row, step), before[0]);
        file.PutBlock(Quantised(luma, 2 * column + 1, row, step), before[0]);
        file.PutBlock(Quantised(u, column, row, step), before[1]);
        file.PutBlock(Quantised(v, column, row, step), before[2]);
      }
    }
    while (file.held_ != 0) {
      file.PutBits(1, 1);
    }
    file.Put({0xFF, 0xD9});
    return file.bytes_;
  }

 private:
  using Block = std::array<int, 64>;

  static unsigned Size(int value) {
    unsigned size = 0;
    for (value = std::abs(value); value > 0; value >>= 1) {
      ++size;
    }
    return size;
  }

  /// 4096 times the transform.
  static std::int64_t Dct(unsigned u, unsigned x) {
    constexpr std::int64_t kCosines[] = {2048, 2009, 1892, 1703, 1448, 1138, 784, 400, 0};
    if (u == 0) {
      return kCosines[4];
    }
    unsigned k = (2 * x + 1) * u % 32;
    k = std::min(k, 32 - k);
    return k <= 8 ? kCosines[k] : -kCosines[16 - k];
  }

  /// Row * 8 + column of each coefficient of the file.
  static Block Zigzag() {
    Block order = {};
    for (int i = 0; i < 64; ++i) {
      order[static_cast<std::size_t>(i)] = i;
    }
    std::sort(order.begin(), order.end(), [](int a, int b) {
      const auto key = [](int i) {
        const int sum = i / 8 + i % 8;
        return 8 * sum + (sum % 2 != 0 ? i / 8 : i % 8);
      };
      return key(a) < key(b);
    });
    return order;
  }

  static Block Quantised(const Plane& plane, unsigned column, unsigned row, unsigned step) {
    std::int64_t half[8][8] = {};
    for (unsigned y = 0; y < 8; ++y) {
      for (unsigned u = 0; u < 8; ++u) {
        for (unsigned x = 0; x < 8; ++x) {
          half[y][u] += Dct(u, x) * (plane.At(column * 8 + x, row * 8 + y) - 128);
        }
      }
    }
    static const Block kZigzag = Zigzag();
    Block values = {};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto place = static_cast<unsigned>(kZigzag[i]);
      std::int64_t exact = 0;
      for (unsigned y = 0; y < 8; ++y) {
        exact += Dct(place / 8, y) * half[y][place % 8];
      }
      const std::int64_t unit = std::int64_t{step} << 24;
      const auto value = static_cast<int>((std::llabs(exact) + unit / 2) / unit);
      values[i] = exact < 0 ? -value : value;
    }
    return values;
  }

  void Put(std::initializer_list<unsigned> bytes) {
    for (const unsigned byte : bytes) {
      bytes_.push_back(static_cast<std::uint8_t>(byte));
    }
  }

  void PutHeader(unsigned width, unsigned height, unsigned step) {
    Put({0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0});
    Put({0xFF, 0xDB, 0, 67, 0});
    bytes_.insert(bytes_.end(), 64, static_cast<std::uint8_t>(step));
    Put({0xFF, 0xC0, 0, 17, 8, height >> 8, height, width >> 8, width, 3});
    Put({1, 0x21, 0, 2, 0x11, 0, 3, 0x11, 0});
    Put({0xFF, 0xC4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    Put({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    Put({0xFF, 0xC4, 0, 181, 0x10, 0, 0, 0, 0, 0, 0, 0, 162, 0, 0, 0, 0, 0, 0, 0, 0});
    Put({0x00, 0xF0});
    for (unsigned i = 0; i < 160; ++i) {
      Put({i / 10 << 4 | (i % 10 + 1)});
    }
    Put({0xFF, 0xDA, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0x3F, 0});
  }

  /// Its DC as the difference from the one before.
  void PutBlock(const Block& values, int& before) {
    const int difference = values[0] - before;
    before = values[0];
    PutBits(Size(difference), 4);
    PutAmplitude(difference);
    unsigned zeros = 0;
    for (std::size_t i = 1; i < values.size(); ++i) {
      if (values[i] == 0) {
        ++zeros;
        continue;
      }
      for (; zeros >= 16; zeros -= 16) {
        PutBits(1, 8);
      }
      PutBits(2 + zeros * 10 + Size(values[i]) - 1, 8);
      PutAmplitude(values[i]);
      zeros = 0;
    }
    if (zeros != 0) {
      PutBits(0, 8);
    }
  }

  void PutAmplitude(int value) {
    const unsigned size = Size(value);
    PutBits(static_cast<unsigned>(value > 0 ? value : value + (1 << size) - 1), size);
  }

  void PutBits(unsigned value, unsigned count) {
    while (count-- != 0) {
      current_ = current_ << 1 | (value >> count & 1);
      if (++held_ == 8) {
        Put({current_});
        if ((current_ & 0xFF) == 0xFF) {
          Put({0});
        }
        held_ = 0;
      }
    }
  }

  Bytes bytes_;
  unsigned current_ = 0;
  unsigned held_ = 0;
};
