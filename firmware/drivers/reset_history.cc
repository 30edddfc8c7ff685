#include "drivers/reset_history.hpp"

namespace drivers {

namespace srsr = chip::src::srsr;

namespace {

ResetCause Classify(std::uint32_t status, bool warm, bool intended) {
  if (!warm) {
    return ResetCause::kPowerOn;
  }
  if (srsr::WdogRstB::Get(status) != 0) {
    return ResetCause::kWatchdog;
  }
  if (srsr::Wdog3RstB::Get(status) != 0) {
    return ResetCause::kRtwdog;
  }
  if (srsr::LockupSysresetreq::Get(status) != 0) {
    // SRSR has one bit for both; what we asked for ourselves left a mark.
    return intended ? ResetCause::kSystem : ResetCause::kLockup;
  }
  if (srsr::IppUserResetB::Get(status) != 0 || srsr::IppResetB::Get(status) != 0) {
    return ResetCause::kPin;
  }
  return ResetCause::kOther;
}

}  // namespace

const char* NameOf(ResetCause cause) {
  switch (cause) {
    case ResetCause::kPowerOn:
      return "power_on";
    case ResetCause::kSystem:
      return "system";
    case ResetCause::kWatchdog:
      return "watchdog";
    case ResetCause::kRtwdog:
      return "rtwdog";
    case ResetCause::kLockup:
      return "lockup";
    case ResetCause::kPin:
      return "pin";
    case ResetCause::kOther:
      break;
  }
  return "other";
}

void ResetHistory::Start() {
  const std::uint32_t status = src_.SRSR;
  src_.SRSR = status;  // so that the next boot sees only what is new
  const bool warm = snvs_.LPGPR[kMarkerWord] == kMarker;
  cause_ = Classify(status, warm, snvs_.LPGPR[kIntentWord] == kIntended);
  snvs_.LPGPR[kCountWord] = warm ? snvs_.LPGPR[kCountWord] + 1 : 0;
  snvs_.LPGPR[kMarkerWord] = kMarker;
  snvs_.LPGPR[kIntentWord] = 0;
}

}  // namespace drivers
