/// \file
/// Frames from the camera, or from whoever puts one in its place, numbered, with an error event for
/// each that does not come.
#pragma once

#include <cstdint>

#include "board.hpp"

namespace app {

class FrameSource {
 public:
  /// Looks for the camera; a camera event when it is ready. `frame` as for SendError.
  bool Start(std::uint32_t frame = 0);
  /// Looks again for a camera that has not answered yet, once a second; says so only when it is
  /// ready or fails in another way than before.
  void RetryStart();
  /// Lets the camera save power until the next capture.
  void PowerDown(drivers::Camera::Rest rest);
  /// Ends that, without a frame; a camera that does not come back is started anew by the capture.
  void PowerUp();
  /// Takes the next frame, starting the camera first if it is not ready. On false an error event
  /// was sent with the number that the frame would have had.
  bool Capture();

  /// Where a frame may be put that is not the camera's; what was there is lost.
  std::uint8_t* Place();
  /// The frame in Place() is whole: the next Capture() takes it and leaves the camera alone.
  void OfferPlaced() { placed_ = true; }

  /// As many frames had been captured before this boot, in a run that goes on.
  void CountFrom(std::uint32_t count) { count_ = count; }
  /// Frames captured since boot, which is the last one's number.
  std::uint32_t Count() const { return count_; }
  const std::uint8_t* Frame() const { return frame_; }
  std::uint32_t Crc32() const { return crc32_; }
  /// How long the last capture took.
  std::uint32_t CaptureMs() const { return capture_ms_; }

 private:
  bool Try(std::uint32_t frame, bool retry);

  bool ready_ = false;
  Status trouble_ = Status::kOk;  // of the last start
  std::uint32_t tried_ms_ = 0;
  bool down_ = false;
  bool placed_ = false;
  std::uint32_t count_ = 0;
  std::uint32_t crc32_ = 0;
  std::uint32_t capture_ms_ = 0;
  alignas(32) std::uint8_t frame_[board::kFrame.Bytes()] = {};
};

}  // namespace app
