/// \file
/// What the apps with a camera and a model have in common, beside what all with a camera have:
/// frames through the model. An app adds what it makes of the model's output.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/console/commands.hpp"
#include "app/console/json_line.hpp"
#include "app/vision/camera_service.hpp"
#include "app/vision/inference.hpp"
#include "app/vision/run_request.hpp"
#include "app/vision/schedule.hpp"

namespace app {

class Service : public CameraService {
 protected:
  /// `event` is the event of a frame.
  Service(std::string_view app, std::string_view event, const inference::OutputSizes& outputs)
      : CameraService(app), event_(event), outputs_(outputs) {}
  ~Service() = default;

  /// Number of the last frame.
  std::uint32_t Frame() const { return Source().Count(); }
  /// The last frame as the camera sent it.
  const std::uint8_t* FramePixels() const { return Source().Frame(); }

  /// Makes an answer of the model's output; its time is the stage "postprocess".
  virtual void Postprocess() = 0;
  /// Sends what does not fit into the frame's event, before it.
  virtual void SendDetails() {}
  /// The keys of the frame's event between the frame's number and its CRC.
  virtual void AddAnswer(JsonLine& line) = 0;

  Answer ExecuteOwn(std::string_view line) override;

 private:
  InferenceReport StartInference() override;
  InferenceReport Inference() const override { return inference::Report(); }
  void TellInferenceTrouble() override;
  bool GoOn() override;
  bool HasWork() const override { return running_; }
  void DoWork() override { RunNext(); }

  void RunNext();
  void Rest();
  void RestUntilBoot();
  void EndRun();
  void SendProfile();

  // The commands.
  void Infer();
  bool Run(Arguments arguments);
  void Stop();
  bool Profile(Arguments arguments);

  std::string_view event_;
  inference::OutputSizes outputs_;
  Status inference_ = Status::kOk;
  Schedule schedule_;
  bool profiling_ = false;
  bool running_ = false;
  RunRequest run_;
  std::uint32_t due_s_ = 0;  // the last frame of a run whose sleeps end in a boot
  std::uint32_t run_left_ = 0;
  std::uint32_t run_done_ = 0;
};

}  // namespace app
