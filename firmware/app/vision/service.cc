#include "app/vision/service.hpp"

#include "app/console/events.hpp"
#include "app/vision/crc32.hpp"
#include "app/vision/preprocess.hpp"
#include "app/vision/run_request.hpp"
#include "board.hpp"
#include "model_data.hpp"

namespace app {

static_assert(model::kInputHeight == board::kFrame.height, "the camera's rows are the model's");
static_assert(model::kInputWidth == board::kFrame.width, "and so are its columns");
static_assert(model::kInputChannels == 3, "the preprocessing makes R, G, B");

namespace {

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

void Service::Serve() {
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
    if (receiver_.Expired(board::clock.NowMs())) {
      SendError("frame_aborted", "nothing came for 2 s");
    }
    if (!running_) {
      source_.RetryStart();
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
  if (result != LineReader::Result::kLine && receiver_.Abort()) {
    SendError("frame_aborted", "a line was lost");
  }
  switch (result) {
    case LineReader::Result::kLine:
      if (reader_.Text().front() == FrameReceiver::kMark) {
        ServeFrameData(reader_.Text().substr(1));
      } else {
        ServeCommand(reader_.Text());
      }
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

/// Any command ends a frame that is on its way, and is carried out.
void Service::ServeCommand(std::string_view line) {
  if (receiver_.Abort()) {
    SendError("frame_aborted", "another command came");
  }
  ExecuteLine(line);
}

void Service::ServeFrameData(std::string_view text) {
  switch (receiver_.Take(text, board::clock.NowMs())) {
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

void Service::ReceiveFrame() {
  if (running_) {
    receiver_.Ignore();
    SendError("busy", reader_.Text());
    return;
  }
  receiver_.Begin(source_.Place(), board::clock.NowMs());
}

void Service::ExecuteLine(std::string_view line) {
  static constexpr Command<Service> kCommands[] = {
      {"info", &Service::Info},   {"capture", &Service::Capture},    {"infer", &Service::Infer},
      {"run", &Service::Run},     {"stop", &Service::Stop},          {"profile", &Service::Profile},
      {"reset", &Service::Reset}, {"frame", &Service::ReceiveFrame},
  };
  Answer answer = ExecuteOwn(line);
  if (answer == Answer::kUnknown) {
    answer = Execute(*this, kCommands, line);
  }
  if (answer == Answer::kUnknown) {
    SendError("unknown_command", line);
  } else if (answer == Answer::kBadArgument) {
    SendError("bad_argument", line);
  }
}

bool Service::Run(Arguments arguments) {
  RunRequest request;
  if (!ParseRun(arguments, request)) {
    return false;
  }
  if (running_) {
    SendError("busy", reader_.Text());
    return true;
  }
  running_ = true;
  run_is_endless_ = request.frames == 0;
  run_left_ = request.frames;
  run_done_ = 0;
  schedule_.Start(board::clock.NowMs(), request.period_ms);
  return true;
}

void Service::Stop() {
  SendLog("info", "stopped");
  if (running_) {
    EndRun();
  }
}

bool Service::Profile(Arguments arguments) {
  bool on = false;
  if (!arguments.TakeSwitch(on) || !arguments.AtEnd()) {
    return false;
  }
  profiling_ = on;
  inference::SetProfiling(on);
  SendLog("info", on ? "profile on" : "profile off");
  return true;
}

void Service::Reset() {
  SendLog("info", "reset");
  static_cast<void>(board::console.Flush());  // what cannot leave is lost either way
  board::Reset();
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
      .Number("bytes", board::kFrame.Bytes())
      .Hex("crc32", source_.Crc32(), 8)
      .Number("ms", source_.CaptureMs());
  Send(line);
}

void Service::Infer() {
  const std::uint32_t start = board::clock.NowMs();
  if (!source_.Capture()) {
    return;
  }
  const std::uint32_t captured = board::cycles.Now();
  std::int8_t* input = inference::Input();
  if (input != nullptr) {
    Preprocess(source_.Frame(), board::kFrame.Pixels(), input);
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
  const std::uint32_t total = board::clock.NowMs() - start;
  SendDetails();
  JsonLine line(event_);
  line.Number("frame", source_.Count());
  AddAnswer(line);
  line.Hex("crc32", source_.Crc32(), 8)
      .BeginObject("ms")
      .Number("capture", source_.CaptureMs())
      .Number("total", total)
      .EndObject()
      .BeginObject("cycles")
      .Number("preprocess", prepared - captured)
      .Number("invoke", invoked - prepared)
      .Number("postprocess", end - invoked)
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

void Service::Info() {
  JsonLine line("log");
  line.Text("level", "info").Text("message", "info");
  AddSystem(line, app_, inference::Report());
  line.Number("uptime_ms", board::clock.NowMs())
      .Number("frames", source_.Count())
      .Number("errors", ErrorsSent());
  Send(line);
}

}  // namespace app
