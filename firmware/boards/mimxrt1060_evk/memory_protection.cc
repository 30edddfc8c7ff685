#include "start/protection.hpp"

#include "chip/peripherals.hpp"
#include "drivers/memory_protection.hpp"

namespace board {

namespace {

using drivers::Access;
using drivers::Memory;

/// Whatever is not listed is denied, by a region of its own and not only by the want of a default
/// map: as a device and never executed, so that
/// the core does not speculate there either. The guards come behind what they are cut
/// out of.
constexpr drivers::ProtectedRegion kRegions[] = {
    {0x0000'0000, 32, Access::kNone, Memory::kDevice, false},              // everything
    {0x0000'0000, 17, Access::kReadOnly, Memory::kTightlyCoupled, true},   // ITCM, 128 KB
    {0x0000'0000, 10, Access::kNone, Memory::kTightlyCoupled, false},      // null guard, 1 KB
    {0x2000'0000, 19, Access::kReadWrite, Memory::kTightlyCoupled, false,  // DTCM, 6/8 of 512 KB
     0b1100'0000},
    {0x2000'0000, 10, Access::kNone, Memory::kTightlyCoupled, false},  // stack guard, 1 KB
    {0x2020'0000, 19, Access::kReadWrite, Memory::kCached, false},     // OCRAM2, 512 KB
    {0x6000'0000, 23, Access::kReadOnly, Memory::kCached, true},       // flash, 8 MB
    // Peripherals in windows of 512 KB: 0x4008'0000 (DCDC .. CCM), 0x4018'0000 (LPUART1 .. IOMUXC),
    // 0x4038'0000 (LPSPI1, LPI2C1).
    {0x4000'0000, 22, Access::kReadWrite, Memory::kDevice, false, 0b0111'0101},
    {0xE000'0000, 20, Access::kReadWrite, Memory::kDevice, false},  // private peripheral bus
};

}  // namespace

void ProtectMemory() {
  // Without its MPU it would not be a Cortex-M7 of this chip: nothing to do about it here.
  static_cast<void>(drivers::StartMpu(MPU, kRegions, sizeof kRegions / sizeof kRegions[0]));
  drivers::StartCaches(SCB, CACHE);
}

}  // namespace board
