#include "drivers/lpspi.hpp"

#include <algorithm>
#include <cstring>

namespace drivers {

using chip::lpspi::Ccr;
using chip::lpspi::Cfgr1;
using chip::lpspi::Cr;
using chip::lpspi::Fcr;
using chip::lpspi::Fsr;
using chip::lpspi::Sr;
using chip::lpspi::Tcr;

namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint32_t);
constexpr std::size_t kFifoWords = 16;
/// So many received words are taken out together; the other half keeps the wire busy meanwhile.
constexpr std::size_t kTakenWords = kFifoWords / 2;
/// 8 words of 32 bits take 35 us at 7.5 MHz, and one look at a register over 10 ns.
constexpr std::uint32_t kPollLimit = 100'000;
/// Cycles of the functional clock between frames. The chip select is not the block's, so this is
/// only time for the device to breathe.
constexpr std::uint32_t kGapCycles = 2;

/// Frames of one byte or of four: CONT 0, PRESCALE 0, mode 0, most significant bit first. With
/// BYSW the byte at the lowest address of a word is the first on the wire.
constexpr chip::Value<chip::lpspi::Tcr> Command(std::size_t frame_bytes) {
  const auto size = Tcr::Framesz::Put(8 * frame_bytes - 1);
  return frame_bytes == 1 ? size : size | Tcr::Bysw::kMask;
}

}  // namespace

void Lpspi::Start(std::uint32_t clock_hz, std::uint32_t max_hz) {
  regs_.CR = Cr::Rst::kMask;
  regs_.CR = 0;
  regs_.CFGR1 = Cfgr1::Master::kMask | Cfgr1::Sample::kMask;
  regs_.CCR = Ccr::Sckdiv::Put(ClockDivider(clock_hz, max_hz)) | Ccr::Dbt::Put(kGapCycles) |
              Ccr::Pcssck::Put(kGapCycles) | Ccr::Sckpcs::Put(kGapCycles);
  // RDF rises with kTakenWords, and TDF stays as it is while words go out: SR changes rarely.
  regs_.FCR = Fcr::Rxwater::Put(kTakenWords - 1) | Fcr::Txwater::Put(kFifoWords - 1);
  regs_.CR = Cr::Men::kMask;
  SetFrame(1);
}

void Lpspi::SetFrame(std::size_t bytes) {
  frame_bytes_ = bytes;
  regs_.TCR = Command(bytes);
}

Status Lpspi::WaitForWords(std::size_t& words) {
  for (std::uint32_t poll = 0; poll < kPollLimit; ++poll) {
    const chip::Value<chip::lpspi::Sr> status = regs_.SR;
    // MBF may not be up yet right after the write, so it is RXCOUNT that decides.
    if (Sr::Rdf::Get(status) != 0 || Sr::Mbf::Get(status) == 0) {
      words = Fsr::Rxcount::Get(regs_.FSR);
      if (words > 0) {
        return Status::kOk;
      }
    }
  }
  return Status::kTimeout;
}

Status Lpspi::WaitUntilIdle() {
  for (std::uint32_t poll = 0; poll < kPollLimit; ++poll) {
    if (Sr::Mbf::Get(regs_.SR) == 0) {
      return Status::kOk;
    }
  }
  return Status::kTimeout;
}

template <std::size_t kFrameBytes>
Status Lpspi::Exchange(const std::uint8_t* send, std::uint8_t* receive, std::size_t frames) {
  if (frame_bytes_ != kFrameBytes) {
    SetFrame(kFrameBytes);
  }
  std::size_t received = 0;
  for (std::size_t sent = 0; received < frames;) {
    for (; sent < frames && sent - received < kFifoWords; ++sent) {
      std::uint32_t word = 0;
      if (send != nullptr) {
        std::memcpy(&word, send + kFrameBytes * sent, kFrameBytes);
      }
      regs_.TDR = word;
    }
    std::size_t words = 0;
    const Status status = WaitForWords(words);
    if (status != Status::kOk) {
      return status;
    }
    for (words = std::min(words, sent - received); words > 0; --words) {
      const std::uint32_t word = regs_.RDR;
      if (receive != nullptr) {
        std::memcpy(receive + kFrameBytes * received, &word, kFrameBytes);
      }
      ++received;
    }
  }
  return WaitUntilIdle();
}

Status Lpspi::Transfer(const std::uint8_t* send, std::uint8_t* receive, std::size_t size) {
  const std::size_t rest = size % kWordBytes;
  const std::size_t in_words = size - rest;
  Status status = Status::kOk;
  if (in_words > 0) {
    status = Exchange<kWordBytes>(send, receive, in_words / kWordBytes);
  }
  if (status == Status::kOk && rest > 0) {
    status = Exchange<1>(send == nullptr ? nullptr : send + in_words,
                         receive == nullptr ? nullptr : receive + in_words, rest);
  }
  if (status != Status::kOk) {
    regs_.CR = Cr::Men::kMask | Cr::Rtf::kMask | Cr::Rrf::kMask;
    frame_bytes_ = 0;  // a command may have been in the FIFO
  }
  return status;
}

}  // namespace drivers
