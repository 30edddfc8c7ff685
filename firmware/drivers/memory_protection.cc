#include "drivers/memory_protection.hpp"

#include "drivers/cpu.hpp"

namespace drivers {

Status StartMpu(chip::MpuRegs& regs, const ProtectedRegion* regions, std::size_t count) {
  const std::size_t available = chip::mpu::type::Dregion::Get(regs.TYPE);
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
  regs.CTRL = chip::mpu::ctrl::Enable::kMask;
  InstructionBarrier();
  return Status::kOk;
}

void StartCaches(chip::ScbRegs& scb, chip::CacheRegs& cache) {
  namespace ccr = chip::scb::ccr;
  namespace ccsidr = chip::scb::ccsidr;
  namespace dcisw = chip::cache::dcisw;
  cache.ICIALLU = 0;
  InstructionBarrier();
  scb.CCR = scb.CCR | ccr::Ic::kMask;
  InstructionBarrier();

  scb.CSSELR = 0;  // level 1, data
  DataBarrier();
  const std::uint32_t size = scb.CCSIDR;
  const std::uint32_t last_set = ccsidr::NumSets::Get(size);
  const std::uint32_t last_way = ccsidr::Associativity::Get(size);
  for (std::uint32_t set = 0; set <= last_set; ++set) {
    for (std::uint32_t way = 0; way <= last_way; ++way) {
      cache.DCISW = dcisw::Set::Put(set) | dcisw::Way::Put(way);
    }
  }
  DataBarrier();
  scb.CCR = scb.CCR | ccr::Dc::kMask;
  InstructionBarrier();
}

}  // namespace drivers
