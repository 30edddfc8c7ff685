/// \file
/// The classification app: commands in, frames classified, events out.
#pragma once

#include <cstdint>

#include "app/command.hpp"
#include "app/frame_source.hpp"
#include "app/line_reader.hpp"

namespace app {

class Classifier {
 public:
  /// Starts inference and camera, says so, and then serves the console for good.
  [[noreturn]] void Run();

 private:
  void ServeConsole();
  void ServeLine(LineReader::Result result);
  void Execute(const Command& command);
  void StartRun(std::uint32_t frames);
  void EndRun();

  void Capture();
  void Infer();
  void SendProfile();
  void SendInfo();

  LineReader reader_;
  FrameSource source_;
  bool profiling_ = false;
  bool running_ = false;
  bool run_is_endless_ = false;
  std::uint32_t run_left_ = 0;
  std::uint32_t run_done_ = 0;
};

}  // namespace app
