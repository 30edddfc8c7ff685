/// \file
/// Why the chip came out of reset, and how often since power came on.
#pragma once

#include <cstdint>

#include "chip/reset_and_identity.hpp"

namespace drivers {

enum class ResetCause : std::uint8_t {
  kPowerOn,
  kSystem,
  kWatchdog,
  kRtwdog,
  kDebugger,
  kPin,
  kWake,
  kOther,
};

/// The word that the protocol uses for a cause.
const char* NameOf(ResetCause cause);

/// Keeps its words in SNVS, which only loses them with the power.
class ResetHistory {
 public:
  constexpr ResetHistory(chip::SrcRegs& src, chip::SnvsRegs& snvs) : src_(src), snvs_(snvs) {}

  /// Once, at start: reads and clears the cause, counts this reset.
  void Start();
  ResetCause Cause() const { return cause_; }
  /// Resets since power came on; 0 on the first boot.
  std::uint32_t Count() const { return snvs_.LPGPR[kCountWord]; }
  /// To be called right before a sleep that ends in a boot, which is no reset.
  void MarkSleep() { snvs_.LPGPR[kIntentWord] = kAsleep; }
  /// To be called right before SYSRESETREQ, or the next boot takes it for a debugger's.
  void MarkIntended() { snvs_.LPGPR[kIntentWord] = kIntended; }

 private:
  static constexpr unsigned kCountWord = 0;
  static constexpr unsigned kMarkerWord = 1;
  static constexpr unsigned kIntentWord = 2;
  static constexpr std::uint32_t kMarker = 0x5254'3632;
  static constexpr std::uint32_t kIntended = 0x1A7E'0001;
  static constexpr std::uint32_t kAsleep = 0x1A7E'0002;

  chip::SrcRegs& src_;
  chip::SnvsRegs& snvs_;
  ResetCause cause_ = ResetCause::kOther;
};

}  // namespace drivers
