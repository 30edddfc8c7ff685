#include "app/vision/camera_service.hpp"

#include "app/vision/crc32.hpp"
#include "board.hpp"

namespace app {

namespace {

constexpr std::uint32_t kBauds[] = {board::kConsoleBaud, 921'600, 3'000'000};
constexpr std::uint32_t kUnheardLimitMs = 2000;

constexpr std::size_t kRecordLineBytes = RecordStore::LineBytes(board::kFrame.Bytes());
alignas(32)
    [[gnu::section(".ocram2")]] std::uint8_t record_lines[RecordStore::kRecords * kRecordLineBytes];

/// Another one after each reset since power on, of each chip.
std::uint32_t MakeBootId() {
  const std::uint32_t words[] = {board::ChipIdHigh(), board::ChipIdLow(), board::resets.Count()};
  return Crc32(reinterpret_cast<const std::uint8_t*>(words), sizeof words);
}

}  // namespace

CameraService::CameraService(std::string_view app)
    : app_(app), records_(record_lines, kRecordLineBytes) {}

void CameraService::Serve() {
  const InferenceReport inference = StartInference();
  const bool goes_on = GoOn();
  if (!goes_on) {
    JsonLine line("boot");
    AddSystem(line, app_, inference);
    Send(line);
  }
  TellInferenceTrouble();
  boot_id_ = MakeBootId();
  if (!goes_on) {  // else the frame that is due does
    source_.Start();
  }
  for (;;) {
    ServeConsole();
    if (receiver_.Expired(board::clock.NowMs())) {
      SendError("frame_aborted", "nothing came for 2 s");
    }
    FallBack();
    if (CanLog()) {
      LogNext();
    } else if (HasWork()) {
      DoWork();
    } else {
      if (!IsLogging() && !receiver_.IsExpecting()) {  // a start takes longer than input can wait
        source_.RetryStart();
      }
      board::clock.Sleep();
    }
  }
}

void CameraService::ServeConsole() {
  std::uint16_t byte = 0;
  while (board::console.Read(byte)) {
    if (byte != drivers::Lpuart::kOverflow &&
        (receiver_.IsWithinLine() || (byte == kRecordMark && reader_.AtLineBegin()))) {
      ServeRecord(static_cast<std::uint8_t>(byte));
      continue;
    }
    const LineReader::Result result = reader_.Feed(byte);
    if (result == LineReader::Result::kLine) {
      ServeCommand(reader_.Text());
    } else if (result != LineReader::Result::kMore) {
      ServeNoCommand(result);
    }
  }
}

void CameraService::ServeNoCommand(LineReader::Result result) {
  const bool is_lost = result == LineReader::Result::kOverflow;
  if (receiver_.IsIgnoring() && !is_lost) {
    return;  // of a frame whose trouble has been told
  }
  if (receiver_.Abort()) {
    SendError("frame_aborted", "a line was lost");
  }
  if (is_lost) {
    SendError("input_overflow", "input was lost");
  } else {
    SendError(result == LineReader::Result::kTooLong ? "line_too_long" : "not_text",
              reader_.Text());
  }
}

/// Any command ends a frame that is on its way, and is carried out.
void CameraService::ServeCommand(std::string_view line) {
  if (receiver_.Abort()) {
    SendError("frame_aborted", "another command came");
  }
  ExecuteLine(line);
}

void CameraService::ServeRecord(std::uint8_t byte) {
  switch (receiver_.Take(byte, board::clock.NowMs())) {
    case FrameReceiver::Result::kMore:
      break;
    case FrameReceiver::Result::kFailed:
      SendError(receiver_.Code(), receiver_.Detail());
      break;
    case FrameReceiver::Result::kReceived:
      source_.OfferPlaced();
      JsonLine line("log");
      line.Text("level", "info")
          .Text("message", "frame received")
          .Number("sequence", receiver_.Record().sequence)
          .Text("frame_label", receiver_.Label())
          .Number("bytes", board::kFrame.Bytes())
          .Hex("crc32", Crc32(source_.Frame(), board::kFrame.Bytes()), 8);
      Send(line);
      break;
  }
}

void CameraService::ReceiveFrame() {
  if (HasWork() || IsLogging()) {
    receiver_.Ignore();
    SendError("busy", Line());
    return;
  }
  receiver_.Begin(source_.Place(), board::clock.NowMs());
}

void CameraService::ExecuteLine(std::string_view line) {
  using Service = CameraService;
  static constexpr Command<Service> kCommands[] = {
      {"info", &Service::Info},
      {"capture", &Service::Capture},
      {"frame", &Service::ReceiveFrame},
      {"log stop", &Service::StopLogging},
      {"log state", &Service::TellLogging},
      {"log", &Service::LogFrames},
      {"resend", &Service::Resend},
      {"baud", &Service::SetBaud},
      {"ack", &Service::Acknowledge},
      {"reset", &Service::Reset},
  };
  Answer answer = ExecuteOwn(line);
  if (answer == Answer::kUnknown) {
    answer = Execute(*this, kCommands, line);
  }
  if (answer == Answer::kUnknown) {
    SendError("unknown_command", line);
  } else if (answer == Answer::kBadArgument) {
    SendError("bad_argument", line);
  } else {
    heard_ms_ = board::clock.NowMs();
  }
}

void CameraService::Info() {
  JsonLine line("log");
  line.Text("level", "info").Text("message", "info");
  AddSystem(line, app_, Inference());
  line.Number("uptime_ms", board::clock.NowMs())
      .Number("frames", source_.Count())
      .Number("errors", ErrorsSent());
  Send(line);
}

void CameraService::Capture() {
  if (!source_.Capture()) {
    return;
  }
  JsonLine line("camera");
  line.Text("status", "captured")
      .Number("frame", source_.Count())
      .Number("bytes", board::kFrame.Bytes())
      .Hex("crc32", source_.Crc32(), 8)
      .Number("ms", source_.CaptureMs());
  Send(line);
}

void CameraService::Reset() {
  SendLog("info", "reset");
  static_cast<void>(board::console.Flush());  // what cannot leave is lost either way
  board::Reset();
}

// Logging.

bool CameraService::LogFrames(Arguments arguments) {
  LogRequest request;
  if (!ParseLog(arguments, request)) {
    return false;
  }
  if (HasWork()) {
    SendError("busy", Line());
    return true;
  }
  switch (queue_.Add(request, board::clock.NowMs())) {
    case LogQueue::Answer::kTaken:
      SendLogging("asked");
      break;
    case LogQueue::Answer::kFull:
      SendError("busy", Line());
      break;
    case LogQueue::Answer::kOutOfOrder:
      SendError("log_order", Line());
      break;
  }
  return true;
}

void CameraService::TellLogging() { SendLogging("state"); }

void CameraService::StopLogging() {
  queue_.Clear();
  SendLogging("stopped");
}

/// Whether the next frame is due and the line has a place for it.
bool CameraService::CanLog() const {
  return queue_.IsDue(board::clock.NowMs()) && board::console.HasRoomForBlock() &&
         !board::console.Sends(records_.Place(queue_.Sequence() + 1));
}

/// The next frame on its way while the one before is still being sent.
void CameraService::LogNext() {
  const std::uint32_t now_ms = board::clock.NowMs();
  if (queue_.Begin(now_ms) != 0) {
    SendLogging("overrun");
  }
  if (!source_.Capture()) {
    queue_.Clear();
    SendLogging("failed");
    return;
  }
  const LogRequest request = queue_.Front();
  FrameRecord record;
  record.version = FrameRecord::kVersion;
  record.format = FrameRecord::kRgb565;
  record.label_bytes = request.label_bytes;
  record.boot_id = boot_id_;
  record.sequence = queue_.Take();
  record.time_ms = now_ms;
  record.width = static_cast<std::uint16_t>(board::kFrame.width);
  record.height = static_cast<std::uint16_t>(board::kFrame.height);
  record.length = board::kFrame.Bytes();
  // There is room: CanLog() has seen it, and nobody else has queued since.
  static_cast<void>(
      board::console.SendBlock(records_.Make(record, request.Label(), source_.Frame())));
  if (queue_.Empty()) {
    SendLogging("done");
  }
}

/// Event `logging`: what happened, and how far it is.
void CameraService::SendLogging(std::string_view status) {
  JsonLine line("logging");
  line.Text("status", status)
      .Number("sequence", queue_.Sequence())
      .Number("left", queue_.Left())
      .Number("overruns", queue_.Overruns())
      .Hex("boot_id", boot_id_, 8);
  // A host that reckons with damaged lines acts on this one.
  const std::string_view said = line.Written();
  line.Hex("crc32", Crc32(reinterpret_cast<const std::uint8_t*>(said.data()), said.size()), 8);
  Send(line);
}

bool CameraService::Resend(Arguments arguments) {
  std::uint32_t sequence = 0;
  if (!arguments.TakeNumber(sequence) || !arguments.AtEnd()) {
    return false;
  }
  const RecordStore::Block* block = records_.Find(sequence);
  if (block == nullptr) {
    SendError("resend_gone", Line());
  } else if (!board::console.Sends(*block) && !board::console.SendBlock(*block)) {
    SendError("busy", Line());
  }
  return true;
}

// The line's rate.

bool CameraService::SetBaud(Arguments arguments) {
  std::uint32_t baud = 0;
  if (!arguments.TakeNumber(baud) || !arguments.AtEnd()) {
    return false;
  }
  for (const std::uint32_t known : kBauds) {
    if (baud == known) {
      JsonLine line("baud");
      line.Text("status", "changing").Number("rate", baud);
      Send(line);
      static_cast<void>(board::console.Flush());
      board::SetConsoleBaud(baud);
      baud_ = baud;
      return true;
    }
  }
  return false;
}

/// Whoever does not speak at a rate that he has asked for cannot hear it either.
void CameraService::FallBack() {
  if (baud_ == board::kConsoleBaud || board::clock.NowMs() - heard_ms_ < kUnheardLimitMs) {
    return;
  }
  queue_.Clear();
  static_cast<void>(board::console.Flush());
  baud_ = board::kConsoleBaud;
  board::SetConsoleBaud(baud_);
  JsonLine line("baud");
  line.Text("status", "fallen_back").Number("rate", baud_);
  Send(line);
}

}  // namespace app
