#include "drivers/memory_protection.hpp"

#include "drivers/cpu.hpp"

namespace drivers {

Status StartMpu(chip::MpuRegs& regs, const ProtectedRegion* regions, std::size_t count) {
  const std::size_t available = chip::mpu::Type::Dregion::Get(regs.TYPE);
  if (count > available) {
    return Status::kInvalid;
  }
  DataBarrier();
  regs.CTRL = 0;
  for (std::size_t i = 0; i < available; ++i) {
    regs.RNR = static_cast<std::uint32_t>(i);
    regs.RASR = 0;
    if (i < count) {
      regs.RBAR = regions[i].base;
      regs.RASR = EncodeRasr(regions[i]);
    }
  }
  // HFNMIENA stays 0: the handler of a hard fault may look everywhere. PRIVDEFENA stays 0: what
  // no region covers is denied.
  regs.CTRL = chip::mpu::Ctrl::Enable::kMask;
  InstructionBarrier();
  return Status::kOk;
}

Status AddRegion(chip::MpuRegs& regs, const ProtectedRegion& region) {
  const std::size_t available = chip::mpu::Type::Dregion::Get(regs.TYPE);
  for (std::size_t i = 0; i < available; ++i) {
    regs.RNR = static_cast<std::uint32_t>(i);
    if (regs.RASR.Word() == 0) {
      regs.RBAR = region.base;
      regs.RASR = EncodeRasr(region);
      DataBarrier();
      InstructionBarrier();
      return Status::kOk;
    }
  }
  return Status::kInvalid;
}

void StartCaches(chip::ScbRegs& scb, chip::CacheRegs& cache) {
  using chip::cache::Dcisw;
  using chip::scb::Ccr;
  using chip::scb::Ccsidr;
  cache.ICIALLU = 0;
  InstructionBarrier();
  scb.CCR = scb.CCR | Ccr::Ic::kMask;
  InstructionBarrier();

  scb.CSSELR = 0;  // level 1, data
  DataBarrier();
  const chip::Value<Ccsidr> size = scb.CCSIDR;
  const std::uint32_t last_set = Ccsidr::NumSets::Get(size);
  const std::uint32_t last_way = Ccsidr::Associativity::Get(size);
  for (std::uint32_t set = 0; set <= last_set; ++set) {
    for (std::uint32_t way = 0; way <= last_way; ++way) {
      cache.DCISW = Dcisw::Set::Put(set) | Dcisw::Way::Put(way);
    }
  }
  DataBarrier();
  scb.CCR = scb.CCR | Ccr::Dc::kMask;
  InstructionBarrier();
}

}  // namespace drivers
