/// \file
/// The classification app: commands in, frames classified, events out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/command.hpp"
#include "app/json_line.hpp"
#include "app/line_reader.hpp"
#include "drivers/arducam.hpp"

namespace app {

class Classifier {
 public:
  /// Starts inference and camera, says so, and then serves the console for good.
  [[noreturn]] void Run();

 private:
  struct FrameCycles {
    std::uint32_t capture = 0;
    std::uint32_t preprocess = 0;
    std::uint32_t invoke = 0;
    std::uint32_t postprocess = 0;
    std::uint32_t total = 0;
  };

  void ServeConsole();
  void ServeLine(LineReader::Result result);
  void Execute(const Command& command);
  void StartRun(std::uint32_t frames);
  void EndRun();

  bool StartCamera(std::uint32_t frame);
  /// Captures into frame_; an error event and false when that fails.
  bool Capture(FrameCycles& cycles);
  void CaptureOnly();
  void Infer();
  void SendResult(const FrameCycles& cycles, std::size_t index);
  void SendProfile();
  void SendInfo();
  /// `frame` is the number of the frame that the trouble is about, 0 for none.
  void SendError(std::string_view code, std::string_view detail, std::uint32_t frame);

  LineReader reader_;
  bool camera_ready_ = false;
  bool profiling_ = false;
  std::uint32_t frames_ = 0;
  std::uint32_t errors_ = 0;
  bool running_ = false;
  bool run_is_endless_ = false;
  std::uint32_t run_left_ = 0;
  std::uint32_t run_done_ = 0;
  std::uint32_t crc32_ = 0;  // of frame_
  alignas(32) std::uint8_t frame_[drivers::Arducam::kFrameBytes] = {};
};

}  // namespace app
