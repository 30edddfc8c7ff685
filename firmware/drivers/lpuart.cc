#include "drivers/lpuart.hpp"

#include "drivers/cpu.hpp"

namespace drivers {

using chip::lpuart::Baud;
using chip::lpuart::Ctrl;
using chip::lpuart::Fifo;
using chip::lpuart::Stat;

namespace {

constexpr std::uint32_t kOversampling = 16;
constexpr unsigned kFifoWords = 4;  // PARAM of every LPUART of the RT1062
constexpr std::uint32_t kWriteLimitMs = 1000;
/// A byte takes 87 us at 115200 baud; at 600 MHz this is over 1 ms of polling.
constexpr std::uint32_t kPollLimit = 200'000;

}  // namespace

void Lpuart::Start(std::uint32_t clock_hz, std::uint32_t baud_rate) {
  regs_.GLOBAL = chip::lpuart::Global::Rst::kMask;
  regs_.GLOBAL = 0;
  const std::uint32_t per_bit = kOversampling * baud_rate;
  regs_.BAUD =
      Baud::Osr::Put(kOversampling - 1) | Baud::Sbr::Put((clock_hz + per_bit / 2) / per_bit);
  // The FIFOs may be switched only while transmitter and receiver are off. WATER stays 0: TDRE
  // says that the transmit FIFO is empty, RDRF that there is at least one byte.
  regs_.FIFO = Fifo::Rxfe::kMask | Fifo::Txfe::kMask | Fifo::Rxflush::kMask | Fifo::Txflush::kMask;
  regs_.WATER = 0;
  regs_.STAT = Stat::kClearable;
  regs_.CTRL = Ctrl::Te::kMask | Ctrl::Re::kMask | Ctrl::Rie::kMask;
}

void Lpuart::Receive(std::uint16_t byte) {
  if (dropping_) {
    // Resume behind a line's end, so that no half of a command is taken for a whole one. The end
    // may come while the ring is still full.
    const bool line_begins = dropped_ == '\n' && received_.Free() > 1;
    dropped_ = byte;
    if (!line_begins) {
      return;
    }
    dropping_ = false;
  }
  if (received_.Free() > 1) {
    static_cast<void>(received_.Push(byte));
    return;
  }
  static_cast<void>(received_.Push(kOverflow));
  dropping_ = true;
  dropped_ = byte;
}

void Lpuart::OnInterrupt() {
  if (Stat::Or::Get(regs_.STAT) != 0) {
    regs_.STAT = (regs_.STAT & ~Stat::kClearable) | Stat::Or::kMask;
  }
  for (unsigned word = 0; word < kFifoWords && Stat::Rdrf::Get(regs_.STAT) != 0; ++word) {
    Receive(static_cast<std::uint16_t>(regs_.DATA & 0xFF));
  }
  if (Ctrl::Tie::Get(regs_.CTRL) == 0 || Stat::Tdre::Get(regs_.STAT) == 0) {
    return;
  }
  char byte = 0;
  for (unsigned word = 0; word < kFifoWords; ++word) {
    if (!to_send_.Pop(byte)) {
      regs_.CTRL = regs_.CTRL & ~Ctrl::Tie::kMask;
      return;
    }
    regs_.DATA = static_cast<std::uint8_t>(byte);
  }
}

Status Lpuart::Write(const char* data, std::size_t size) {
  Deadline deadline(clock_, kWriteLimitMs);
  for (std::size_t i = 0; i < size;) {
    if (to_send_.Push(data[i])) {
      ++i;
      continue;
    }
    if (deadline.Expired()) {
      return Status::kTimeout;
    }
    regs_.CTRL = regs_.CTRL | Ctrl::Tie::kMask;
    clock_.Sleep();
  }
  // Should the handler clear TIE between this read and write, it comes back for nothing, once.
  regs_.CTRL = regs_.CTRL | Ctrl::Tie::kMask;
  return Status::kOk;
}

Status Lpuart::Flush() {
  Deadline deadline(clock_, kWriteLimitMs);
  while (!to_send_.Empty() || Stat::Tc::Get(regs_.STAT) == 0) {
    if (deadline.Expired()) {
      return Status::kTimeout;
    }
    clock_.Sleep();
  }
  return Status::kOk;
}

void Lpuart::PutPolled(char byte) {
  for (std::uint32_t poll = 0; poll < kPollLimit && Stat::Tdre::Get(regs_.STAT) == 0; ++poll) {
  }
  regs_.DATA = static_cast<std::uint8_t>(byte);
}

void Lpuart::WritePolled(const char* data, std::size_t size) {
  regs_.CTRL = Ctrl::Te::kMask;
  char queued = 0;
  for (std::size_t i = 0; i < kTransmitRing && to_send_.Pop(queued); ++i) {
    PutPolled(queued);
  }
  for (std::size_t i = 0; i < size; ++i) {
    PutPolled(data[i]);
  }
  for (std::uint32_t poll = 0; poll < kPollLimit && Stat::Tc::Get(regs_.STAT) == 0; ++poll) {
  }
}

}  // namespace drivers
