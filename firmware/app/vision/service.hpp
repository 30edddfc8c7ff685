/// \file
/// What the apps with a camera and a model have in common: commands in, frames through the model,
/// events out. An app adds what it makes of the model's output.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/console/commands.hpp"
#include "app/console/json_line.hpp"
#include "app/console/line_reader.hpp"
#include "app/vision/frame_receiver.hpp"
#include "app/vision/frame_source.hpp"
#include "app/vision/inference.hpp"
#include "app/vision/schedule.hpp"

namespace app {

class Service {
 public:
  /// Starts inference and camera, says so, and then serves the console for good.
  [[noreturn]] void Serve();

 protected:
  /// `event` is the event of a frame.
  Service(std::string_view app, std::string_view event, const inference::OutputSizes& outputs)
      : app_(app), event_(event), outputs_(outputs) {}
  ~Service() = default;

  /// Number of the last frame.
  std::uint32_t Frame() const { return source_.Count(); }

  /// Makes an answer of the model's output; its time is the stage "postprocess".
  virtual void Postprocess() = 0;
  /// Sends what does not fit into the frame's event, before it.
  virtual void SendDetails() {}
  /// The keys of the frame's event between the frame's number and its CRC.
  virtual void AddAnswer(JsonLine& line) = 0;
  /// Looks a line up in the app's own commands, which come before those that all have.
  virtual Answer ExecuteOwn(std::string_view) { return Answer::kUnknown; }

 private:
  void ServeConsole();
  void ServeLine(LineReader::Result result);
  void ServeCommand(std::string_view line);
  void ServeFrameData(std::string_view text);
  void ExecuteLine(std::string_view line);
  void RunNext();
  void EndRun();
  void SendProfile();

  // The commands.
  void Info();
  void Capture();
  void Infer();
  void ReceiveFrame();
  bool Run(Arguments arguments);
  void Stop();
  bool Profile(Arguments arguments);
  void Reset();

  std::string_view app_;
  std::string_view event_;
  inference::OutputSizes outputs_;
  LineReader reader_;
  FrameSource source_;
  FrameReceiver receiver_{board::kFrame.width, board::kFrame.height};
  Schedule schedule_;
  bool profiling_ = false;
  bool running_ = false;
  bool run_is_endless_ = false;
  std::uint32_t run_left_ = 0;
  std::uint32_t run_done_ = 0;
};

}  // namespace app
