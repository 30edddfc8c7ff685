#include "app/vision/service.hpp"

#include "app/console/events.hpp"
#include "app/vision/kept_run.hpp"
#include "app/vision/preprocess.hpp"
#include "board.hpp"
#include "model_data.hpp"

namespace app {

static_assert(model::kInputHeight == board::kFrame.height, "the camera's rows are the model's");
static_assert(model::kInputWidth == board::kFrame.width, "and so are its columns");
static_assert(model::kInputChannels == 3, "the preprocessing makes R, G, B");

namespace {

constexpr std::uint32_t kShortestSleepMs = 5;  // for less the mode is not worth its entry

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

InferenceReport Service::StartInference() {
  inference_ = inference::Start(outputs_);
  return inference::Report();
}

void Service::TellInferenceTrouble() {
  if (inference_ != Status::kOk) {
    SendInferenceTrouble(inference_);
  }
}

Answer Service::ExecuteOwn(std::string_view line) {
  static constexpr Command<Service> kCommands[] = {
      {"infer", &Service::Infer},
      {"run", &Service::Run},
      {"stop", &Service::Stop},
      {"profile", &Service::Profile},
  };
  return Execute(*this, kCommands, line);
}

bool Service::Run(Arguments arguments) {
  RunRequest request;
  if (!ParseRun(arguments, request)) {
    return false;
  }
  if (running_ || IsLogging()) {
    SendError("busy", Line());
    return true;
  }
  if (request.Restarts()) {
    if (board::alarm_clock.Start() != Status::kOk) {
      SendError("sleep_clock", "the real-time counter of SNVS stands still");
      return true;
    }
    due_s_ = board::alarm_clock.Seconds();
  }
  running_ = true;
  run_ = request;
  run_left_ = request.frames;
  run_done_ = 0;
  schedule_.Start(board::clock.NowMs(), request.period_ms);
  return true;
}

bool Service::GoOn() {
  KeptRun kept;
  std::uint32_t words[KeptRun::kWords];
  board::kept_words.Read(words);
  if (!KeptRun::Read(words, kept)) {
    return false;
  }
  board::kept_words.Forget();
  board::alarm_clock.ClearAlarm();
  if (static_cast<std::int32_t>(board::alarm_clock.Seconds() - kept.due_s) < 0) {
    return false;  // a reset within the sleep
  }
  running_ = true;
  run_ = kept.request;
  run_done_ = kept.done;
  run_left_ = run_.frames - kept.done;
  due_s_ = kept.due_s;
  Source().CountFrom(kept.done);
  schedule_.Start(board::clock.NowMs(), run_.period_ms);
  schedule_.AddSkipped(kept.skipped);
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

/// The next frame of a run, or the sleep until it is due, or the run's end.
void Service::RunNext() {
  if (run_.frames != 0 && run_left_ == 0) {
    EndRun();
    return;
  }
  if (!schedule_.IsDue(board::clock.NowMs())) {
    Rest();
    return;
  }
  Source().PowerUp();
  const std::uint32_t skipped = schedule_.Begin(board::clock.NowMs());
  if (skipped != 0) {
    JsonLine line("log");
    line.Text("level", "warning")
        .Text("message", "periods skipped")
        .Number("frame", Source().Count() + 1)
        .Number("skipped", skipped);
    Send(line);
  }
  Infer();
  ++run_done_;
  run_left_ -= run_.frames == 0 ? 0 : 1;
}

/// A piece of the time until the next frame.
void Service::Rest() {
  if (!run_.sleeps || schedule_.LeftMs(board::clock.NowMs()) < kShortestSleepMs) {
    board::clock.Sleep();
    return;
  }
  Source().PowerDown(run_.rest);
  if (board::console.Flush() != Status::kOk) {
    return;  // its clock would stop within a byte
  }
  if (run_.Restarts()) {
    RestUntilBoot();
  } else {
    board::Sleep(run_.mode, schedule_.LeftMs(board::clock.NowMs()));
  }
}

/// What GoOn() goes on with.
void Service::RestUntilBoot() {
  KeptRun kept;
  kept.request = run_;
  kept.done = run_done_;
  kept.skipped = schedule_.Skipped();
  kept.due_s = due_s_ + run_.period_ms / 1000;
  kept.SkipUntil(board::alarm_clock.Seconds());
  std::uint32_t words[KeptRun::kWords];
  kept.Write(words);
  board::kept_words.Write(words);
  board::SleepUntil(run_.mode, kept.due_s);
}

void Service::EndRun() {
  running_ = false;
  Source().PowerUp();
  JsonLine line("log");
  line.Text("level", "info").Text("message", "run done").Number("frames", run_done_);
  if (schedule_.PeriodMs() != 0) {
    line.Number("skipped", schedule_.Skipped());
  }
  Send(line);
}

void Service::Infer() {
  const std::uint32_t start = board::clock.NowMs();
  if (!Source().Capture()) {
    return;
  }
  const std::uint32_t captured = board::cycles.Now();
  std::int8_t* input = inference::Input();
  if (input != nullptr) {
    Preprocess(Source().Frame(), board::kFrame.Pixels(), input);
  }
  const std::uint32_t prepared = board::cycles.Now();
  const Status status = inference::Invoke();
  const std::uint32_t invoked = board::cycles.Now();
  if (status != Status::kOk) {
    SendInferenceTrouble(status, Source().Count());
    return;
  }
  Postprocess();
  const std::uint32_t end = board::cycles.Now();
  const std::uint32_t total = board::clock.NowMs() - start;
  SendDetails();
  JsonLine line(event_);
  line.Number("frame", Source().Count());
  AddAnswer(line);
  line.Hex("crc32", Source().Crc32(), 8)
      .BeginObject("ms")
      .Number("capture", Source().CaptureMs())
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
    line.Number("frame", Source().Count())
        .Number("layer", static_cast<std::int64_t>(i))
        .Text("op", measured.name)
        .Number("cycles", measured.cycles);
    Send(line);
  }
}

}  // namespace app
