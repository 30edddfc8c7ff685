/// \file
/// What the apps with a camera and a model have in common: commands in, frames through the model,
/// events out. An app adds what it makes of the model's output.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/command.hpp"
#include "app/frame_source.hpp"
#include "app/inference.hpp"
#include "app/json_line.hpp"
#include "app/line_reader.hpp"
#include "app/schedule.hpp"

namespace app {

class Service {
 public:
  /// Starts inference and camera, says so, and then serves the console for good.
  [[noreturn]] void Run();

 protected:
  /// `event` is the event of a frame.
  Service(std::string_view app, std::string_view event, const inference::OutputSizes& outputs)
      : app_(app), event_(event), outputs_(outputs) {}
  ~Service() = default;

  /// Number of the last frame.
  std::uint32_t Frame() const { return source_.Count(); }
  /// The line that is being executed.
  std::string_view CommandText() const { return reader_.Text(); }

  /// Makes an answer of the model's output; its time is the stage "postprocess".
  virtual void Postprocess() = 0;
  /// Sends what does not fit into the frame's event, before it.
  virtual void SendDetails() {}
  /// The keys of the frame's event between the frame's number and its CRC.
  virtual void AddAnswer(JsonLine& line) = 0;
  /// Executes a command that not every app has; false if this one has not.
  virtual bool ExecuteOwn(const Command&) { return false; }

 private:
  void ServeConsole();
  void ServeLine(LineReader::Result result);
  void Execute(const Command& command);
  void StartRun(const Command& command);
  void RunNext();
  void EndRun();

  void Capture();
  void Infer();
  void SendProfile();
  void SendInfo();

  std::string_view app_;
  std::string_view event_;
  inference::OutputSizes outputs_;
  LineReader reader_;
  FrameSource source_;
  Schedule schedule_;
  bool profiling_ = false;
  bool running_ = false;
  bool run_is_endless_ = false;
  std::uint32_t run_left_ = 0;
  std::uint32_t run_done_ = 0;
};

}  // namespace app
