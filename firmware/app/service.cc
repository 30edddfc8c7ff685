#include "app/service.hpp"

#include "app/events.hpp"
#include "app/preprocess.hpp"
#include "board/board.hpp"
#include "model_data.hpp"

namespace app {

static_assert(model::kInputHeight == drivers::Ov2640::kHeight, "the camera's rows are the model's");
static_assert(model::kInputWidth == drivers::Ov2640::kWidth, "and so are its columns");
static_assert(model::kInputChannels == 3, "the preprocessing makes R, G, B");

namespace {

constexpr std::size_t kPixels = model::kInputHeight * model::kInputWidth;

void SendInferenceTrouble(Status status, std::uint32_t frame = 0) {
  switch (status) {
    case Status::kInvalid:
      SendError("model_invalid", "the model cannot be run", frame);
      break;
    case Status::kTimeout:
      SendError("inference_timeout", "no answer within 5 s", frame);
      break;
    default:
      SendError("inference_failed", "the model did not run to its end", frame);
      break;
  }
}

}  // namespace

void Service::Run() {
  const Status inference = inference::Start(outputs_);
  {
    JsonLine line("boot");
    AddSystem(line, app_, inference::Report());
    Send(line);
  }
  if (inference != Status::kOk) {
    SendInferenceTrouble(inference);
  }
  source_.Start();
  for (;;) {
    ServeConsole();
    if (!running_) {
      board::clock.Sleep();
      continue;
    }
    RunNext();
  }
}

void Service::ServeConsole() {
  std::uint16_t byte = 0;
  while (board::console.Read(byte)) {
    const LineReader::Result result = reader_.Feed(byte);
    if (result != LineReader::Result::kMore) {
      ServeLine(result);
    }
  }
}

void Service::ServeLine(LineReader::Result result) {
  switch (result) {
    case LineReader::Result::kLine:
      Execute(ParseCommand(reader_.Text()));
      break;
    case LineReader::Result::kTooLong:
      SendError("line_too_long", reader_.Text());
      break;
    case LineReader::Result::kNotText:
      SendError("not_text", reader_.Text());
      break;
    case LineReader::Result::kOverflow:
      SendError("input_overflow", "input was lost");
      break;
    case LineReader::Result::kMore:
      break;
  }
}

void Service::Execute(const Command& command) {
  using Kind = Command::Kind;
  switch (command.kind) {
    case Kind::kNone:
      break;
    case Kind::kInfo:
      SendInfo();
      break;
    case Kind::kCapture:
      Capture();
      break;
    case Kind::kInfer:
      Infer();
      break;
    case Kind::kRun:
      StartRun(command);
      break;
    case Kind::kStop:
      SendLog("info", "stopped");
      if (running_) {
        EndRun();
      }
      break;
    case Kind::kProfile:
      profiling_ = command.on;
      inference::SetProfiling(profiling_);
      SendLog("info", profiling_ ? "profile on" : "profile off");
      break;
    case Kind::kLine:
    case Kind::kResetCounts:
      if (!ExecuteOwn(command)) {
        SendError("unknown_command", reader_.Text());
      }
      break;
    case Kind::kReset:
      SendLog("info", "reset");
      static_cast<void>(board::console.Flush());  // what cannot leave is lost either way
      board::Reset();
    case Kind::kUnknown:
      SendError("unknown_command", reader_.Text());
      break;
    case Kind::kBadArgument:
      SendError("bad_argument", reader_.Text());
      break;
  }
}

void Service::StartRun(const Command& command) {
  if (running_) {
    SendError("busy", reader_.Text());
    return;
  }
  running_ = true;
  run_is_endless_ = command.count == 0;
  run_left_ = command.count;
  run_done_ = 0;
  schedule_.Start(board::clock.NowMs(), command.period_ms);
}

/// The next frame of a run, or the sleep until it is due, or the run's end.
void Service::RunNext() {
  if (!run_is_endless_ && run_left_ == 0) {
    EndRun();
    return;
  }
  if (!schedule_.IsDue(board::clock.NowMs())) {
    board::clock.Sleep();
    return;
  }
  const std::uint32_t skipped = schedule_.Begin(board::clock.NowMs());
  if (skipped != 0) {
    JsonLine line("log");
    line.Text("level", "warning")
        .Text("message", "periods skipped")
        .Number("frame", source_.Count() + 1)
        .Number("skipped", skipped);
    Send(line);
  }
  Infer();
  ++run_done_;
  run_left_ -= run_is_endless_ ? 0 : 1;
}

void Service::EndRun() {
  running_ = false;
  JsonLine line("log");
  line.Text("level", "info").Text("message", "run done").Number("frames", run_done_);
  if (schedule_.PeriodMs() != 0) {
    line.Number("skipped", schedule_.Skipped());
  }
  Send(line);
}

void Service::Capture() {
  if (!source_.Capture()) {
    return;
  }
  JsonLine line("camera");
  line.Text("status", "captured")
      .Number("frame", source_.Count())
      .Number("bytes", drivers::Arducam::kFrameBytes)
      .Hex("crc32", source_.Crc32(), 8)
      .Number("cycles", source_.CaptureCycles());
  Send(line);
}

void Service::Infer() {
  const std::uint32_t start = board::cycles.Now();
  if (!source_.Capture()) {
    return;
  }
  const std::uint32_t captured = board::cycles.Now();
  std::int8_t* input = inference::Input();
  if (input != nullptr) {
    Preprocess(source_.Frame(), kPixels, input);
  }
  const std::uint32_t prepared = board::cycles.Now();
  const Status status = inference::Invoke();
  const std::uint32_t invoked = board::cycles.Now();
  if (status != Status::kOk) {
    SendInferenceTrouble(status, source_.Count());
    return;
  }
  Postprocess();
  const std::uint32_t end = board::cycles.Now();
  SendDetails();
  JsonLine line(event_);
  line.Number("frame", source_.Count());
  AddAnswer(line);
  line.Hex("crc32", source_.Crc32(), 8)
      .BeginObject("cycles")
      .Number("capture", source_.CaptureCycles())
      .Number("preprocess", prepared - captured)
      .Number("invoke", invoked - prepared)
      .Number("postprocess", end - invoked)
      .Number("total", end - start)
      .EndObject()
      .Text("inference", inference::Report().kind);
  Send(line);
  if (profiling_) {
    SendProfile();
  }
}

void Service::SendProfile() {
  for (std::size_t i = 0; i < inference::ProfiledOperators(); ++i) {
    const inference::OperatorCycles measured = inference::ProfiledOperator(i);
    JsonLine line("profile");
    line.Number("frame", source_.Count())
        .Number("layer", static_cast<std::int64_t>(i))
        .Text("op", measured.name)
        .Number("cycles", measured.cycles);
    Send(line);
  }
}

void Service::SendInfo() {
  JsonLine line("log");
  line.Text("level", "info").Text("message", "info");
  AddSystem(line, app_, inference::Report());
  line.Number("uptime_ms", board::clock.NowMs())
      .Number("frames", source_.Count())
      .Number("errors", ErrorsSent());
  Send(line);
}

}  // namespace app
