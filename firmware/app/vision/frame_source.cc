#include "app/vision/frame_source.hpp"

#include <cstddef>
#include <string_view>

#include "app/console/events.hpp"
#include "app/vision/crc32.hpp"
#include "app/vision/format.hpp"
#include "board.hpp"

namespace app {

namespace {

constexpr std::uint32_t kRetryMs = 1000;

void SendTrouble(Status status, std::uint32_t frame, std::uint32_t length = 0) {
  const drivers::Camera::Trouble trouble = board::camera.Explain(status);
  if (status != Status::kBadLength) {
    SendError(trouble.code, trouble.detail, frame);
    return;
  }
  char detail[32];
  const std::size_t size =
      Format(detail, sizeof detail, "%s %lu", trouble.detail, static_cast<unsigned long>(length));
  SendError(trouble.code, std::string_view(detail, size), frame);
}

}  // namespace

bool FrameSource::Start(std::uint32_t frame) { return Try(frame, false); }

void FrameSource::RetryStart() {
  if (!ready_ && board::clock.NowMs() - tried_ms_ >= kRetryMs) {
    static_cast<void>(Try(0, true));
  }
}

bool FrameSource::Try(std::uint32_t frame, bool retry) {
  drivers::Camera::Identity identity;
  const Status status = board::camera.Start(identity);
  tried_ms_ = board::clock.NowMs();
  const bool known = retry && status == trouble_;
  trouble_ = status;
  ready_ = status == Status::kOk;
  if (!ready_) {
    if (!known) {
      SendTrouble(status, frame);
    }
    return false;
  }
  JsonLine line("camera");
  line.Text("status", "ready")
      .Hex("revision", identity.revision, 2, "0x")
      .Hex("sensor", identity.sensor, 4, "0x")
      .Number("width", board::kFrame.width)
      .Number("height", board::kFrame.height);
  Send(line);
  return true;
}

std::uint8_t* FrameSource::Place() {
  placed_ = false;
  return frame_;
}

void FrameSource::PowerDown(drivers::Camera::Rest rest) {
  if (ready_ && !down_ && rest != drivers::Camera::Rest::kOn) {
    down_ = true;
    // One that does not answer will be found when it shall wake up.
    static_cast<void>(board::camera.PowerDown(rest));
  }
}

void FrameSource::PowerUp() {
  if (down_) {
    down_ = false;
    ready_ = board::camera.PowerUp() == Status::kOk;
  }
}

bool FrameSource::Capture() {
  const std::uint32_t next = count_ + 1;
  if (placed_) {
    placed_ = false;
    capture_ms_ = 0;
    count_ = next;
    crc32_ = app::Crc32(frame_, sizeof frame_);
    return true;
  }
  PowerUp();
  if (!ready_ && !Start(next)) {
    return false;
  }
  const std::uint32_t start = board::clock.NowMs();
  std::uint32_t length = 0;
  const Status status = board::camera.Capture(frame_, length);
  capture_ms_ = board::clock.NowMs() - start;
  if (status == Status::kOk) {
    count_ = next;
    crc32_ = app::Crc32(frame_, sizeof frame_);
    return true;
  }
  trouble_ = status;
  tried_ms_ = board::clock.NowMs();
  ready_ = status == Status::kTimeout || status == Status::kBadLength;  // or it needs a new start
  SendTrouble(status, next, length);
  return false;
}

}  // namespace app
