#include "drivers/lpi2c.hpp"

namespace drivers {

using chip::lpi2c::Mccr0;
using chip::lpi2c::Mcr;
using chip::lpi2c::Mier;
using chip::lpi2c::Msr;
using chip::lpi2c::Mtdr;

namespace {

/// Four bytes take 0.4 ms; a device that stretches the clock gets some more.
constexpr std::uint32_t kTransferLimitMs = 10;
constexpr unsigned kFreeingClocks = 9;  // what is left of a byte, and its acknowledge
constexpr std::uint32_t kHalfClockMs = 1;

}  // namespace

void Lpi2c::Start() {
  regs_.MCR = Mcr::Rst::kMask;
  regs_.MCR = 0;
  regs_.MCFGR1 = chip::lpi2c::Mcfgr1::Prescale::Put(1);  // 12 MHz
  regs_.MCCR0 = Mccr0::Clklo::Put(59) | Mccr0::Clkhi::Put(55) | Mccr0::Sethold::Put(40) |
                Mccr0::Datavd::Put(25);
  regs_.MSR = Msr::kClearable;
  regs_.MCR = Mcr::Men::kMask;
}

void Lpi2c::Command(std::uint32_t command, std::uint32_t data) {
  regs_.MTDR = Mtdr::Cmd::Put(command) | Mtdr::Data::Put(data);
}

Status Lpi2c::WaitForStop() {
  const Deadline deadline(clock_, kTransferLimitMs);
  Status status = Status::kOk;
  for (;;) {
    const chip::Value<Msr> flags = regs_.MSR;
    if (status == Status::kOk && (flags & Msr::kErrors).Word() != 0) {
      // The block makes the STOP itself; what is still queued must not follow it.
      regs_.MCR = regs_.MCR | Mcr::Rtf::kMask | Mcr::Rrf::kMask;
      status = Msr::Ndf::Get(flags) != 0 ? Status::kNack : Status::kBusError;
    }
    if (Msr::Sdf::Get(flags) != 0) {
      break;
    }
    if (deadline.Expired()) {
      Start();  // a bus that hangs: begin anew
      return status == Status::kOk ? Status::kTimeout : status;
    }
    regs_.MIER = Mier::Sdie::kMask | (status == Status::kOk ? Mier::kErrors : chip::Value<Mier>());
    clock_.Sleep();
  }
  regs_.MIER = 0;
  regs_.MSR = Msr::kClearable;
  return status;
}

/// False if SDA is still low.
bool Lpi2c::FreeBus() {
  lines_.Take();
  for (unsigned i = 0; i < kFreeingClocks && !lines_.Sda(); ++i) {
    lines_.SetScl(false);
    clock_.Delay(kHalfClockMs);
    lines_.SetScl(true);
    clock_.Delay(kHalfClockMs);
  }
  // STOP: SDA rises while SCL is high.
  lines_.SetScl(false);
  lines_.SetSda(false);
  clock_.Delay(kHalfClockMs);
  lines_.SetScl(true);
  clock_.Delay(kHalfClockMs);
  lines_.SetSda(true);
  clock_.Delay(kHalfClockMs);
  const bool is_free = lines_.Sda();
  Start();
  lines_.Give();
  return is_free;
}

Status Lpi2c::Write(std::uint8_t address, const std::uint8_t* data, std::size_t size) {
  const Status status = TryWrite(address, data, size);
  return status == Status::kTimeout && FreeBus() ? TryWrite(address, data, size) : status;
}

Status Lpi2c::Read(std::uint8_t address, std::uint8_t& byte) {
  const Status status = TryRead(address, byte);
  return status == Status::kTimeout && FreeBus() ? TryRead(address, byte) : status;
}

Status Lpi2c::TryWrite(std::uint8_t address, const std::uint8_t* data, std::size_t size) {
  FW_ASSERT(size <= kMaxWriteBytes);
  Command(Mtdr::kStart, address << 1u);
  for (std::size_t i = 0; i < size; ++i) {
    Command(Mtdr::kTransmit, data[i]);
  }
  Command(Mtdr::kStop, 0);
  return WaitForStop();
}

Status Lpi2c::TryRead(std::uint8_t address, std::uint8_t& byte) {
  Command(Mtdr::kStart, address << 1u | 1u);
  Command(Mtdr::kReceive, 0);
  Command(Mtdr::kStop, 0);
  const Status status = WaitForStop();
  if (status != Status::kOk) {
    return status;
  }
  if (chip::lpi2c::Mfsr::Rxcount::Get(regs_.MFSR) == 0) {
    return Status::kBusError;
  }
  // Only DATA: the bits above say things about the FIFO.
  byte = static_cast<std::uint8_t>(chip::lpi2c::Mrdr::Data::Get(regs_.MRDR));
  return Status::kOk;
}

}  // namespace drivers
