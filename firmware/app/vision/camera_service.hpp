/// \file
/// What every app with a camera has: commands in, events out, frames that come over the line, and
/// frames that are logged to it.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/console/commands.hpp"
#include "app/console/events.hpp"
#include "app/console/json_line.hpp"
#include "app/console/line_reader.hpp"
#include "app/vision/frame_receiver.hpp"
#include "app/vision/frame_source.hpp"
#include "app/vision/log_queue.hpp"
#include "app/vision/record_store.hpp"

namespace app {

class CameraService {
 public:
  /// Starts the camera, says so, and then serves the console for good.
  [[noreturn]] void Serve();

 protected:
  explicit CameraService(std::string_view app);
  ~CameraService() = default;

  /// What the boot event says about inference, and what must be ready before it.
  virtual InferenceReport StartInference() { return {}; }
  /// What it says later.
  virtual InferenceReport Inference() const { return {}; }
  /// Whether this boot ended a sleep: then the app goes on, and there is no boot event.
  virtual bool GoOn() { return false; }
  /// Tells what was wrong with it, behind the boot event.
  virtual void TellInferenceTrouble() {}
  /// Looks a line up in the app's own commands, which come before those that all have.
  virtual Answer ExecuteOwn(std::string_view) { return Answer::kUnknown; }
  /// Whether the app has work of its own to do, and the next piece of it.
  virtual bool HasWork() const { return false; }
  virtual void DoWork() {}

  FrameSource& Source() { return source_; }
  const FrameSource& Source() const { return source_; }
  /// The line that is being served.
  std::string_view Line() const { return reader_.Text(); }
  bool IsLogging() const { return !queue_.Empty(); }

 private:
  void ServeConsole();
  void ServeCommand(std::string_view line);
  void ServeNoCommand(LineReader::Result result);
  void ServeRecord(std::uint8_t byte);
  void ExecuteLine(std::string_view line);
  bool CanLog() const;
  void LogNext();
  void SendLogging(std::string_view status);
  void FallBack();

  // The commands.
  void Info();
  void Capture();
  void ReceiveFrame();
  bool LogFrames(Arguments arguments);
  void TellLogging();
  void StopLogging();
  bool Resend(Arguments arguments);
  bool SetBaud(Arguments arguments);
  void Acknowledge() {}
  void Reset();

  std::string_view app_;
  LineReader reader_;
  FrameSource source_;
  FrameReceiver receiver_{board::kFrame.width, board::kFrame.height};
  LogQueue queue_;
  RecordStore records_;
  std::uint32_t boot_id_ = 0;
  std::uint32_t baud_ = board::kConsoleBaud;
  std::uint32_t heard_ms_ = 0;  // when the last command was understood
};

}  // namespace app
