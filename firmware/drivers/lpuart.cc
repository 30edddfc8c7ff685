#include "drivers/lpuart.hpp"

#include "drivers/baud.hpp"
#include "drivers/cpu.hpp"

namespace drivers {

using chip::lpuart::Baud;
using chip::lpuart::Ctrl;
using chip::lpuart::Fifo;
using chip::lpuart::Stat;

namespace {

constexpr unsigned kFifoWords = 4;  // PARAM of every LPUART of the RT1062
constexpr std::uint32_t kWriteLimitMs = 1000;
/// A byte takes 87 us at 115200 baud; at 600 MHz this is over 1 ms of polling.
constexpr std::uint32_t kPollLimit = 200'000;

}  // namespace

void Lpuart::Start(std::uint32_t clock_hz, std::uint32_t baud_rate) {
  regs_.GLOBAL = chip::lpuart::Global::Rst::kMask;
  regs_.GLOBAL = 0;
  PutDividers(clock_hz, baud_rate);
  // The FIFOs may be switched only while transmitter and receiver are off. WATER stays 0: TDRE
  // says that the transmit FIFO is empty, RDRF that there is at least one byte.
  regs_.FIFO = Fifo::Rxfe::kMask | Fifo::Txfe::kMask | Fifo::Rxflush::kMask | Fifo::Txflush::kMask;
  regs_.WATER = 0;
  regs_.STAT = Stat::kClearable;
  regs_.CTRL = Ctrl::Te::kMask | Ctrl::Re::kMask | Ctrl::Rie::kMask;
}

void Lpuart::PutDividers(std::uint32_t clock_hz, std::uint32_t baud_rate) {
  const BaudDividers dividers = DividersFor(clock_hz, baud_rate);
  regs_.BAUD = Baud::Osr::Put(dividers.oversampling - 1) | Baud::Sbr::Put(dividers.sbr);
}

void Lpuart::SetBaud(std::uint32_t clock_hz, std::uint32_t baud_rate) {
  // The dividers may be changed only while transmitter and receiver are off.
  const chip::Value<Ctrl> ctrl = regs_.CTRL;
  regs_.CTRL = ctrl & ~(Ctrl::Te::kMask | Ctrl::Re::kMask);
  PutDividers(clock_hz, baud_rate);
  regs_.CTRL = ctrl;
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
  for (unsigned word = 0; word < kFifoWords; ++word) {
    std::uint8_t byte = 0;
    if (!TakeByte(byte)) {
      regs_.CTRL = regs_.CTRL & ~Ctrl::Tie::kMask;
      return;
    }
    regs_.DATA = byte;
    sent_ = sent_ + 1;
  }
}

/// The next byte for the line; false when there is none. Neither a line of the ring nor a block is
/// interrupted by the other.
bool Lpuart::TakeByte(std::uint8_t& byte) {
  char next = 0;
  if (block_sent_ == 0 && to_send_.Pop(next)) {
    line_ended_ = next == '\n';
    byte = static_cast<std::uint8_t>(next);
    return true;
  }
  if (!line_ended_ || blocks_.Empty()) {
    return false;
  }
  const Block* block = blocks_.Front();
  byte = block->data[block_sent_++];
  if (block_sent_ == block->size) {
    block_sent_ = 0;
    static_cast<void>(blocks_.Pop(block));
  }
  return true;
}

/// What limits a wait for the line: it ends where nothing has left for kWriteLimitMs.
class Lpuart::Standstill {
 public:
  explicit Standstill(const Lpuart& uart)
      : uart_(uart), since_ms_(uart.clock_.NowMs()), sent_(uart.sent_) {}

  bool Found() {
    const std::uint32_t sent = uart_.sent_;
    const std::uint32_t now_ms = uart_.clock_.NowMs();
    if (sent != sent_) {
      sent_ = sent;
      since_ms_ = now_ms;
    }
    return now_ms - since_ms_ > kWriteLimitMs;
  }

 private:
  const Lpuart& uart_;
  std::uint32_t since_ms_;
  std::uint32_t sent_;
};

Status Lpuart::Write(const char* data, std::size_t size) {
  Standstill standstill(*this);
  for (std::size_t i = 0; i < size;) {
    if (to_send_.Push(data[i])) {
      ++i;
      continue;
    }
    if (standstill.Found()) {
      return Status::kTimeout;
    }
    regs_.CTRL = regs_.CTRL | Ctrl::Tie::kMask;
    clock_.Sleep();
  }
  // Should the handler clear TIE between this read and write, it comes back for nothing, once.
  regs_.CTRL = regs_.CTRL | Ctrl::Tie::kMask;
  return Status::kOk;
}

bool Lpuart::SendBlock(const Block& block) {
  if (!blocks_.Push(&block)) {
    return false;
  }
  regs_.CTRL = regs_.CTRL | Ctrl::Tie::kMask;
  return true;
}

Status Lpuart::Flush() {
  Standstill standstill(*this);
  while (!to_send_.Empty() || !blocks_.Empty() || Stat::Tc::Get(regs_.STAT) == 0) {
    if (standstill.Found()) {
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
  if (block_sent_ != 0) {
    PutPolled('\n');  // no more of it: what follows is a line of its own
  }
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
