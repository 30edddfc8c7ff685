/// \file
/// LPUART with rings in both directions, served by its interrupt, and a second way out for lines
/// that are too long for a ring.
#pragma once

#include <cstddef>
#include <cstdint>

#include "chip/lpuart.hpp"
#include "drivers/clock.hpp"
#include "drivers/ring.hpp"
#include "drivers/status.hpp"

namespace drivers {

class Lpuart {
 public:
  /// What Read gives where input had to be dropped because the ring was full: no byte.
  static constexpr std::uint16_t kOverflow = 0x100;

  constexpr Lpuart(chip::LpuartRegs& regs, Clock& clock) : regs_(regs), clock_(clock) {}

  /// A line that is too long for the ring; its newline is its last byte and its only one but the
  /// first.
  struct Block {
    const std::uint8_t* data;
    std::size_t size;
  };
  static constexpr std::size_t kBlocks = 2;  // that wait or are on their way

  /// 8 data bits, no parity, one stop bit. The caller enables the interrupt line.
  void Start(std::uint32_t clock_hz, std::uint32_t baud);
  /// Another rate from now on; what was queued has left (Flush), what is coming in is lost.
  void SetBaud(std::uint32_t clock_hz, std::uint32_t baud);
  /// To be called by the interrupt handler.
  void OnInterrupt();

  /// Queues `size` bytes, sleeping while there is no room; kTimeout after a second in which nothing
  /// left.
  Status Write(const char* data, std::size_t size);
  /// Sends a block from where it lies, between two lines of Write(); the block and its data must
  /// stay while Sends() says so. False, and nothing is done, when there is no room for it.
  bool SendBlock(const Block& block);
  bool HasRoomForBlock() const { return blocks_.Free() != 0; }
  /// Whether a block waits or is on its way.
  bool Sends(const Block& block) const { return blocks_.Contains(&block); }
  /// Sleeps until all that was queued has left the pin; kTimeout after a second in which nothing
  /// did.
  Status Flush();
  /// Takes one received byte, or kOverflow; false when there is none.
  bool Read(std::uint16_t& byte) { return received_.Pop(byte); }

  /// Sends what is queued and then `data`, with interrupts off: the fault handler's way out.
  void WritePolled(const char* data, std::size_t size);

 private:
  class Standstill;

  void Receive(std::uint16_t byte);
  bool TakeByte(std::uint8_t& byte);
  void PutDividers(std::uint32_t clock_hz, std::uint32_t baud);
  void PutPolled(char byte);

  static constexpr std::size_t kReceiveRing = 1024;
  static constexpr std::size_t kTransmitRing = 2048;

  chip::LpuartRegs& regs_;
  Clock& clock_;
  Ring<std::uint16_t, kReceiveRing> received_;
  Ring<char, kTransmitRing> to_send_;
  Ring<const Block*, kBlocks> blocks_;
  std::size_t block_sent_ = 0;       // bytes of the first block
  bool line_ended_ = true;           // nothing of a line of Write() has left without its end
  volatile std::uint32_t sent_ = 0;  // bytes since start: whether the line moves
  bool dropping_ = false;
  std::uint16_t dropped_ = 0;  // the byte last dropped
};

}  // namespace drivers
