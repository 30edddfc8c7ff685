#include "app/frame_source.hpp"

#include <cstddef>
#include <string_view>

#include "app/crc32.hpp"
#include "app/events.hpp"
#include "app/format.hpp"
#include "board/board.hpp"

namespace app {

namespace {

void SendTrouble(Status status, std::uint32_t frame) {
  switch (status) {
    case Status::kAbsent:
      SendError("camera_absent", "no answer on SPI and SCCB", frame);
      break;
    case Status::kWrongDevice:
      SendError("camera_identity", "the sensor is not an OV2640", frame);
      break;
    case Status::kNack:
      SendError("camera_sccb", "no answer on SCCB", frame);
      break;
    case Status::kTimeout:
      SendError("camera_timeout", "capture not done within 1 s", frame);
      break;
    default:
      SendError("camera_spi", "the SPI test register does not keep its value", frame);
      break;
  }
}

void SendLengthTrouble(std::uint32_t length, std::uint32_t frame) {
  char detail[32];
  const std::size_t size =
      Format(detail, sizeof detail, "fifo length %lu", static_cast<unsigned long>(length));
  SendError("camera_length", std::string_view(detail, size), frame);
}

}  // namespace

bool FrameSource::Start(std::uint32_t frame) {
  drivers::Arducam::Identity identity;
  const Status status = board::camera.Start(identity);
  ready_ = status == Status::kOk;
  if (!ready_) {
    SendTrouble(status, frame);
    return false;
  }
  JsonLine line("camera");
  line.Text("status", "ready")
      .Hex("revision", identity.revision, 2, "0x")
      .Hex("sensor", identity.sensor, 4, "0x")
      .Number("width", drivers::Ov2640::kWidth)
      .Number("height", drivers::Ov2640::kHeight);
  Send(line);
  return true;
}

bool FrameSource::Capture() {
  const std::uint32_t next = count_ + 1;
  if (!ready_ && !Start(next)) {
    return false;
  }
  const std::uint32_t start = board::cycles.Now();
  std::uint32_t length = 0;
  const Status status = board::camera.Capture(frame_, length);
  capture_cycles_ = board::cycles.Now() - start;
  if (status == Status::kOk) {
    count_ = next;
    crc32_ = app::Crc32(frame_, sizeof frame_);
    return true;
  }
  if (status == Status::kBadLength) {
    SendLengthTrouble(length, next);
  } else {
    ready_ = status == Status::kTimeout;  // a dead link needs a new start
    SendTrouble(status, next);
  }
  return false;
}

}  // namespace app
