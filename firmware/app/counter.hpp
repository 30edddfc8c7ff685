/// \file
/// The counting app: the persons in each frame, who they are, and who crosses the line.
#pragma once

#include <cstdint>

#include "app/decoding.hpp"
#include "app/service.hpp"
#include "app/tracker.hpp"

namespace app {

class Counter final : public Service {
 public:
  Counter();

 private:
  void Postprocess() override;
  void SendDetails() override;
  void AddAnswer(JsonLine& line) override;
  bool ExecuteOwn(const Command& command) override;
  void SetLine(const Command& command);
  void ResetCounts();

  Tracker tracker_;
  Detections detections_;
  Tracker::Answer tracked_;
};

}  // namespace app
