#include "drivers/sdram.hpp"

namespace drivers {

using chip::semc::Br;
using chip::semc::Intr;
using chip::semc::Ipcmd;
using chip::semc::Mcr;
using chip::semc::Sdramcr0;
using chip::semc::Sdramcr1;
using chip::semc::Sdramcr2;
using chip::semc::Sdramcr3;

namespace {

constexpr std::uint32_t kPollLimit = 100'000;  // a command takes less than 1 us
constexpr std::uint32_t kTwoBytes = 2;
constexpr std::uint32_t kMode = 0x33;  // bursts of 8, sequential, CAS latency 3

/// What JEDEC asks for before an SDRAM may be used.
constexpr std::uint32_t kCommands[] = {chip::semc::kPrechargeAll, chip::semc::kAutoRefresh,
                                       chip::semc::kAutoRefresh, chip::semc::kModeSet};

}  // namespace

Status Sdram::Command(std::uint32_t command) {
  regs_.INTR = Intr::Ipcmddone::kMask | Intr::Ipcmderr::kMask;
  regs_.IPCMD = Ipcmd::Key::Put(chip::semc::kKey) | Ipcmd::Cmd::Put(command);
  for (std::uint32_t poll = 0; poll < kPollLimit; ++poll) {
    const chip::Value<Intr> done = regs_.INTR;
    if (Intr::Ipcmderr::Get(done) != 0) {
      return Status::kFailed;
    }
    if (Intr::Ipcmddone::Get(done) != 0) {
      return Status::kOk;
    }
  }
  return Status::kTimeout;
}

Status Sdram::Start(std::uint32_t base, unsigned size_log2_4k) {
  regs_.MCR = Mcr::Bto::Put(16) | Mcr::Dqsmd::kMask;
  // How the queues weigh age, page hits and priority: the SDK's values.
  regs_.BMCR[0] = 0x0003'0524;
  regs_.BMCR[1] = 0x0603'0524;
  regs_.BR[0] = Br::Vld::kMask | Br::Ms::Put(size_log2_4k) | Br::Ba::Put(base >> 12);
  regs_.SDRAMCR0 =
      Sdramcr0::Ps::kMask | Sdramcr0::Bl::Put(3) | Sdramcr0::Col::Put(3) | Sdramcr0::Cl::Put(3);
  // Of an IS42S16160J-6 at 164 MHz, 6.1 ns a cycle.
  regs_.SDRAMCR1 = Sdramcr1::Pre2act::Put(2) | Sdramcr1::Act2rw::Put(2) | Sdramcr1::Rfrc::Put(9) |
                   Sdramcr1::Wrc::Put(1) | Sdramcr1::Ckeoff::Put(5) | Sdramcr1::Act2pre::Put(6);
  regs_.SDRAMCR2 =
      Sdramcr2::Srrc::Put(0x20) | Sdramcr2::Ref2ref::Put(9) | Sdramcr2::Act2act::Put(1);
  const chip::Value<Sdramcr3> refresh = Sdramcr3::Rebl::Put(4) | Sdramcr3::Prescale::Put(0x0A) |
                                        Sdramcr3::Rt::Put(0x21) | Sdramcr3::Ut::Put(0x50);
  regs_.SDRAMCR3 = refresh;
  regs_.IPCR[0] = base;
  regs_.IPCR[1] = kTwoBytes;
  regs_.IPCR[2] = 0;
  regs_.IPTXDAT = kMode;
  for (const std::uint32_t command : kCommands) {
    const Status status = Command(command);
    if (status != Status::kOk) {
      return status;
    }
  }
  regs_.SDRAMCR3 = refresh | Sdramcr3::Ren::kMask;
  return Status::kOk;
}

}  // namespace drivers
