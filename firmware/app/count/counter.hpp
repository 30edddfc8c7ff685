/// \file
/// The counting app: the persons in each frame, who they are, and who crosses the line.
#pragma once

#include <string_view>

#include "app/count/decoding.hpp"
#include "app/count/tracker.hpp"
#include "app/vision/service.hpp"

namespace app {

class Counter final : public Service {
 public:
  Counter();

 private:
  void Postprocess() override;
  void SendDetails() override;
  void AddAnswer(JsonLine& line) override;
  Answer ExecuteOwn(std::string_view line) override;
  bool SetLine(Arguments arguments);
  void ResetCounts();

  Tracker tracker_;
  Detections detections_;
  Tracker::Answer tracked_;
};

}  // namespace app
