/// \file
/// LPUART with rings in both directions, served by its interrupt.
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

  /// 8 data bits, no parity, one stop bit. The caller enables the interrupt line.
  void Start(std::uint32_t clock_hz, std::uint32_t baud);
  /// To be called by the interrupt handler.
  void OnInterrupt();

  /// Queues `size` bytes, sleeping while there is no room; kTimeout after a second.
  Status Write(const char* data, std::size_t size);
  /// Sleeps until all that was queued has left the pin; kTimeout after a second.
  Status Flush();
  /// Takes one received byte, or kOverflow; false when there is none.
  bool Read(std::uint16_t& byte) { return received_.Pop(byte); }

  /// Sends what is queued and then `data`, with interrupts off: the fault handler's way out.
  void WritePolled(const char* data, std::size_t size);

 private:
  void Receive(std::uint16_t byte);
  void PutPolled(char byte);

  static constexpr std::size_t kReceiveRing = 1024;
  static constexpr std::size_t kTransmitRing = 2048;

  chip::LpuartRegs& regs_;
  Clock& clock_;
  Ring<std::uint16_t, kReceiveRing> received_;
  Ring<char, kTransmitRing> to_send_;
  bool dropping_ = false;
  std::uint16_t dropped_ = 0;  // the byte last dropped
};

}  // namespace drivers
