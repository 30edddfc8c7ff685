#include "drivers/memory_protection.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"

using drivers::Access;
using drivers::EncodeRasr;
using drivers::Memory;
using drivers::ProtectedRegion;

TEST_CASE("RASR words as the architecture manual lays them out") {
  // 8 MB, read only, write back, executable.
  CHECK(EncodeRasr({0x6000'0000, 23, Access::kReadOnly, Memory::kCached, true}).Word() ==
        0x060B'002D);
  // 512 KB, read and write, never executed, the last two eighths left out, not cached.
  CHECK(EncodeRasr({0x2000'0000, 19, Access::kReadWrite, Memory::kTightlyCoupled, false, 0xC0})
            .Word() == 0x1308'C025);
  // 4 MB of devices.
  CHECK(EncodeRasr({0x4000'0000, 22, Access::kReadWrite, Memory::kDevice, false}).Word() ==
        0x1301'002B);
  // 4 GB of nothing.
  CHECK(EncodeRasr({0, 32, Access::kNone, Memory::kTightlyCoupled, false}).Word() == 0x1008'003F);
  // 1 KB of nothing.
  CHECK(EncodeRasr({0, 10, Access::kNone, Memory::kTightlyCoupled, false}).Word() == 0x1008'0013);
}

TEST_CASE("the MPU goes on without a default map") {
  chip::MpuRegs regs = {};
  PutReadOnly(regs.TYPE, 16u << 8);
  const ProtectedRegion region = {0x2020'0000, 19, Access::kReadWrite, Memory::kCached, false};
  CHECK(drivers::StartMpu(regs, &region, 1) == Status::kOk);
  CHECK(regs.CTRL.Word() == 1);
  CHECK(regs.RNR == 15);         // all regions were gone through
  CHECK(regs.RASR.Word() == 0);  // and those that are not used are off
  CHECK(regs.RBAR == 0x2020'0000);
}

TEST_CASE("more regions than there are is refused") {
  chip::MpuRegs regs = {};
  PutReadOnly(regs.TYPE, 8u << 8);
  const ProtectedRegion regions[9] = {};
  CHECK(drivers::StartMpu(regs, regions, 9) == Status::kInvalid);
  CHECK(regs.CTRL.Word() == 0);
}

TEST_CASE("a region more takes a place that is free, or is refused") {
  chip::MpuRegs regs = {};
  PutReadOnly(regs.TYPE, 8u << 8);
  const ProtectedRegion region = {0x8000'0000, 25, Access::kReadWrite, Memory::kCached, false};
  CHECK(drivers::AddRegion(regs, region) == Status::kOk);
  CHECK(regs.RNR == 0);
  CHECK(regs.RBAR == 0x8000'0000);
  CHECK(regs.RASR.Word() == EncodeRasr(region).Word());
  // Behind this one register every place looks taken now.
  CHECK(drivers::AddRegion(regs, region) == Status::kInvalid);
}

TEST_CASE("the caches are on at the end") {
  chip::ScbRegs scb = {};
  chip::CacheRegs cache = {};
  SUBCASE("where their size reads 0") {
    drivers::StartCaches(scb, cache);
    CHECK(cache.DCISW.Word() == 0);
  }
  SUBCASE("32 KB in four ways of 256 sets") {
    PutReadOnly(scb.CCSIDR, 0xF01F'E019);
    drivers::StartCaches(scb, cache);
    CHECK(cache.DCISW.Word() == (255u << 5 | 3u << 30));
  }
  CHECK((scb.CCR.Word() & 0x3'0000) == 0x3'0000);
}
