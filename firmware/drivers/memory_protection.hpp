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
constexpr chip::Value<chip::mpu::Rasr> EncodeRasr(const ProtectedRegion& region) {
  using chip::mpu::Rasr;
  chip::Value<Rasr> attributes;
  switch (region.memory) {
    case Memory::kDevice:  // shareable device
      attributes = Rasr::B::kMask;
      break;
    case Memory::kTightlyCoupled:  // normal, not cached: TCM never is
      attributes = Rasr::Tex::Put(1);
      break;
    case Memory::kCached:  // normal, write back, read and write allocate
      attributes = Rasr::Tex::Put(1) | Rasr::C::kMask | Rasr::B::kMask;
      break;
  }
  return attributes | Rasr::Enable::kMask | Rasr::Size::Put(region.size_log2 - 1) |
         Rasr::Srd::Put(region.disabled_eighths) |
         Rasr::Ap::Put(static_cast<std::uint32_t>(region.access)) |
         Rasr::Xn::Put(region.executable ? 0 : 1);
}

/// Switches the MPU on with these regions and no default map; kInvalid if they do not fit.
Status StartMpu(chip::MpuRegs& regs, const ProtectedRegion* regions, std::size_t count);

/// One more region, which wins over those that are there; kInvalid if there is no room for it.
Status AddRegion(chip::MpuRegs& regs, const ProtectedRegion& region);

/// Invalidates and switches on both caches.
void StartCaches(chip::ScbRegs& scb, chip::CacheRegs& cache);

}  // namespace drivers
