#include "drivers/reset_history.hpp"

namespace drivers {

using chip::src::Srsr;

namespace {

ResetCause Classify(chip::Value<Srsr> status, bool warm, bool intended) {
  if (!warm) {
    return ResetCause::kPowerOn;
  }
  if (Srsr::WdogRstB::Get(status) != 0) {
    return ResetCause::kWatchdog;
  }
  if (Srsr::Wdog3RstB::Get(status) != 0) {
    return ResetCause::kRtwdog;
  }
  if (Srsr::LockupSysresetreq::Get(status) != 0) {
    // SRSR has one bit for the request and for a lock-up, but a lock-up resets only with
    // SCR.LOCKUP_RST, which stays 0 (the watchdog ends it). What we asked for ourselves left a
    // mark.
    return intended ? ResetCause::kSystem : ResetCause::kDebugger;
  }
  if (Srsr::IppUserResetB::Get(status) != 0 || Srsr::IppResetB::Get(status) != 0) {
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
    case ResetCause::kDebugger:
      return "debugger";
    case ResetCause::kPin:
      return "pin";
    case ResetCause::kWake:
      return "wake";
    case ResetCause::kOther:
      break;
  }
  return "other";
}

void ResetHistory::Start() {
  const chip::Value<Srsr> status = src_.SRSR;
  src_.SRSR = status;  // so that the next boot sees only what is new
  // After the first power on the glitch detector holds the cells locked until it is told that the
  // power is good, in this order.
  snvs_.LPPGDR = chip::snvs::kPowerIsGood;
  snvs_.LPSR = chip::snvs::Lpsr::Pgd::kMask;
  const bool warm = snvs_.LPGPR[kMarkerWord] == kMarker;
  cause_ = Classify(status, warm, snvs_.LPGPR[kIntentWord] == kIntended);
  // From SUSPEND there is no cause, from SNVS that of a supply that has come.
  if (warm && snvs_.LPGPR[kIntentWord] == kAsleep &&
      (status & ~Srsr::IppResetB::kMask).Word() == 0) {
    cause_ = ResetCause::kWake;
  }
  const std::uint32_t more = cause_ == ResetCause::kWake ? 0 : 1;
  snvs_.LPGPR[kCountWord] = warm ? snvs_.LPGPR[kCountWord] + more : 0;
  snvs_.LPGPR[kMarkerWord] = kMarker;
  snvs_.LPGPR[kIntentWord] = 0;
}

}  // namespace drivers
