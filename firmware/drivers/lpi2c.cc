#include "drivers/lpi2c.hpp"

namespace drivers {

namespace mccr = chip::lpi2c::mccr;
namespace mcr = chip::lpi2c::mcr;
namespace msr = chip::lpi2c::msr;
namespace mtdr = chip::lpi2c::mtdr;

namespace {

/// Four bytes take 0.4 ms; a device that stretches the clock gets some more.
constexpr std::uint32_t kTransferLimitMs = 10;

}  // namespace

void Lpi2c::Start() {
  regs_.MCR = mcr::Rst::kMask;
  regs_.MCR = 0;
  regs_.MCFGR1 = chip::lpi2c::mcfgr1::Prescale::Put(1);  // 12 MHz
  regs_.MCCR0 =
      mccr::Clklo::Put(59) | mccr::Clkhi::Put(55) | mccr::Sethold::Put(40) | mccr::Datavd::Put(25);
  regs_.MSR = msr::kClearable;
  regs_.MCR = mcr::Men::kMask;
}

void Lpi2c::Command(std::uint32_t command, std::uint32_t data) {
  regs_.MTDR = mtdr::Cmd::Put(command) | mtdr::Data::Put(data);
}

Status Lpi2c::WaitForStop() {
  const Deadline deadline(clock_, kTransferLimitMs);
  Status status = Status::kOk;
  for (;;) {
    const std::uint32_t flags = regs_.MSR;
    if (status == Status::kOk && (flags & msr::kErrors) != 0) {
      // The block makes the STOP itself; what is still queued must not follow it.
      regs_.MCR = regs_.MCR | mcr::Rtf::kMask | mcr::Rrf::kMask;
      status = msr::Ndf::Get(flags) != 0 ? Status::kNack : Status::kBusError;
    }
    if (msr::Sdf::Get(flags) != 0) {
      break;
    }
    if (deadline.Expired()) {
      Start();  // a bus that hangs: begin anew
      return status == Status::kOk ? Status::kTimeout : status;
    }
    regs_.MIER = msr::Sdf::kMask | (status == Status::kOk ? msr::kErrors : 0);
    clock_.Sleep();
  }
  regs_.MIER = 0;
  regs_.MSR = msr::kClearable;
  return status;
}

Status Lpi2c::Write(std::uint8_t address, const std::uint8_t* data, std::size_t size) {
  FW_ASSERT(size <= kMaxWriteBytes);
  Command(mtdr::kStart, address << 1u);
  for (std::size_t i = 0; i < size; ++i) {
    Command(mtdr::kTransmit, data[i]);
  }
  Command(mtdr::kStop, 0);
  return WaitForStop();
}

Status Lpi2c::Read(std::uint8_t address, std::uint8_t& byte) {
  Command(mtdr::kStart, address << 1u | 1u);
  Command(mtdr::kReceive, 0);
  Command(mtdr::kStop, 0);
  const Status status = WaitForStop();
  if (status != Status::kOk) {
    return status;
  }
  if (chip::lpi2c::mfsr::Rxcount::Get(regs_.MFSR) == 0) {
    return Status::kBusError;
  }
  // Only DATA: the bits above say things about the FIFO.
  byte = static_cast<std::uint8_t>(chip::lpi2c::mrdr::Data::Get(regs_.MRDR));
  return Status::kOk;
}

}  // namespace drivers
