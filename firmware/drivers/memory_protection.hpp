/// \file
/// MPU regions as data, and the caches.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/core.hpp"
#include "drivers/status.hpp"

namespace drivers {

enum class Access : std::uint8_t { kNone = 0, kReadWrite = 3, kReadOnly = 6 };  // AP
enum class Memory : std::uint8_t { kDevice, kTightlyCoupled, kCached };

/// One MPU region; where regions overlap the later one in the table wins.
struct ProtectedRegion {
  std::uint32_t base;
  unsigned size_log2;  // 5 = 32 bytes .. 32 = 4 GB; base must be a multiple
  Access access;
  Memory memory;
  bool executable;
  std::uint8_t disabled_eighths = 0;  // one bit for each eighth that is left out
};

/// The RASR word of a region.
constexpr std::uint32_t EncodeRasr(const ProtectedRegion& region) {
  namespace rasr = chip::mpu::rasr;
  std::uint32_t attributes = 0;
  switch (region.memory) {
    case Memory::kDevice:  // shareable device
      attributes = rasr::B::kMask;
      break;
    case Memory::kTightlyCoupled:  // normal, not cached: TCM never is
      attributes = rasr::Tex::Put(1);
      break;
    case Memory::kCached:  // normal, write back, read and write allocate
      attributes = rasr::Tex::Put(1) | rasr::C::kMask | rasr::B::kMask;
      break;
  }
  return attributes | rasr::Enable::kMask | rasr::Size::Put(region.size_log2 - 1) |
         rasr::Srd::Put(region.disabled_eighths) |
         rasr::Ap::Put(static_cast<std::uint32_t>(region.access)) |
         rasr::Xn::Put(region.executable ? 0 : 1);
}

/// Switches the MPU on with these regions and no default map; kInvalid if they do not fit.
Status StartMpu(chip::MpuRegs& regs, const ProtectedRegion* regions, std::size_t count);

/// Invalidates and switches on both caches.
void StartCaches(chip::ScbRegs& scb, chip::CacheRegs& cache);

}  // namespace drivers
