#include "app/classifier.hpp"

#include "app/crc32.hpp"
#include "app/events.hpp"
#include "app/inference.hpp"
#include "app/preprocess.hpp"
#include "app/scores.hpp"
#include "board/board.hpp"
#include "model_data.hpp"

namespace app {

static_assert(model::kInputHeight == drivers::Ov2640::kHeight, "the camera's rows are the model's");
static_assert(model::kInputWidth == drivers::Ov2640::kWidth, "and so are its columns");
static_assert(model::kInputChannels == 3, "the preprocessing makes R, G, B");

namespace {

constexpr char kApp[] = "classify";
constexpr std::size_t kPixels = model::kInputHeight * model::kInputWidth;
constexpr std::size_t kMaxDetail = 64;

struct Trouble {
  std::string_view code;
  std::string_view detail;
};

Trouble CameraTrouble(Status status) {
  switch (status) {
    case Status::kAbsent:
      return {"camera_absent", "no answer on SPI and SCCB"};
    case Status::kWrongDevice:
      return {"camera_identity", "the sensor is not an OV2640"};
    case Status::kNack:
      return {"camera_sccb", "no answer on SCCB"};
    case Status::kTimeout:
      return {"camera_timeout", "capture not done within 1 s"};
    case Status::kBadLength:
      return {"camera_length", ""};
    default:
      return {"camera_spi", "the SPI test register does not keep its value"};
  }
}

Trouble InferenceTrouble(Status status) {
  switch (status) {
    case Status::kInvalid:
      return {"model_invalid", "the model cannot be run"};
    case Status::kTimeout:
      return {"inference_timeout", "no answer within 5 s"};
    default:
      return {"inference_failed", "the model did not run to its end"};
  }
}

/// "fifo length N" in a buffer of its own.
class LengthDetail {
 public:
  explicit LengthDetail(std::uint32_t length) {
    for (const char c : std::string_view("fifo length ")) {
      text_[size_++] = c;
    }
    char digits[10];
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + length % 10);
      length /= 10;
    } while (length != 0);
    while (count > 0) {
      text_[size_++] = digits[--count];
    }
  }
  std::string_view Text() const { return std::string_view(text_, size_); }

 private:
  char text_[24];
  std::size_t size_ = 0;
};

}  // namespace

void Classifier::Run() {
  const Status inference = inference::Start();
  {
    JsonLine line("boot");
    AddSystem(line, kApp, inference::Report());
    Send(line);
  }
  if (inference != Status::kOk) {
    const Trouble trouble = InferenceTrouble(inference);
    SendError(trouble.code, trouble.detail, 0);
  }
  StartCamera(0);
  for (;;) {
    ServeConsole();
    if (!running_) {
      board::clock.Sleep();
      continue;
    }
    if (!run_is_endless_ && run_left_ == 0) {
      EndRun();
      continue;
    }
    Infer();
    ++run_done_;
    run_left_ -= run_is_endless_ ? 0 : 1;
  }
}

void Classifier::ServeConsole() {
  std::uint16_t byte = 0;
  while (board::console.Read(byte)) {
    const LineReader::Result result = reader_.Feed(byte);
    if (result != LineReader::Result::kMore) {
      ServeLine(result);
    }
  }
}

void Classifier::ServeLine(LineReader::Result result) {
  switch (result) {
    case LineReader::Result::kLine:
      Execute(ParseCommand(reader_.Text()));
      break;
    case LineReader::Result::kTooLong:
      SendError("line_too_long", reader_.Text(), 0);
      break;
    case LineReader::Result::kNotText:
      SendError("not_text", reader_.Text(), 0);
      break;
    case LineReader::Result::kOverflow:
      SendError("input_overflow", "input was lost", 0);
      break;
    case LineReader::Result::kMore:
      break;
  }
}

void Classifier::Execute(const Command& command) {
  using Kind = Command::Kind;
  switch (command.kind) {
    case Kind::kNone:
      break;
    case Kind::kInfo:
      SendInfo();
      break;
    case Kind::kCapture:
      CaptureOnly();
      break;
    case Kind::kInfer:
      Infer();
      break;
    case Kind::kRun:
      StartRun(command.count);
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
    case Kind::kReset:
      SendLog("info", "reset");
      static_cast<void>(board::console.Flush());  // what cannot leave is lost either way
      board::Reset();
    case Kind::kUnknown:
      SendError("unknown_command", reader_.Text(), 0);
      break;
    case Kind::kBadArgument:
      SendError("bad_argument", reader_.Text(), 0);
      break;
  }
}

void Classifier::StartRun(std::uint32_t frames) {
  if (running_) {
    SendError("busy", reader_.Text(), 0);
    return;
  }
  running_ = true;
  run_is_endless_ = frames == 0;
  run_left_ = frames;
  run_done_ = 0;
}

void Classifier::EndRun() {
  running_ = false;
  JsonLine line("log");
  line.Text("level", "info").Text("message", "run done").Number("frames", run_done_);
  Send(line);
}

bool Classifier::StartCamera(std::uint32_t frame) {
  drivers::Arducam::Identity identity;
  const Status status = board::camera.Start(identity);
  camera_ready_ = status == Status::kOk;
  if (!camera_ready_) {
    const Trouble trouble = CameraTrouble(status);
    SendError(trouble.code, trouble.detail, frame);
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

bool Classifier::Capture(FrameCycles& cycles) {
  const std::uint32_t next = frames_ + 1;
  if (!camera_ready_ && !StartCamera(next)) {
    return false;
  }
  const std::uint32_t start = board::cycles.Now();
  std::uint32_t length = 0;
  const Status status = board::camera.Capture(frame_, length);
  cycles.capture = board::cycles.Now() - start;
  if (status == Status::kOk) {
    ++frames_;
    crc32_ = Crc32(frame_, sizeof frame_);
    return true;
  }
  if (status == Status::kBadLength) {
    SendError("camera_length", LengthDetail(length).Text(), next);
  } else {
    camera_ready_ = status == Status::kTimeout;  // a dead link needs a new start
    const Trouble trouble = CameraTrouble(status);
    SendError(trouble.code, trouble.detail, next);
  }
  return false;
}

void Classifier::CaptureOnly() {
  FrameCycles cycles;
  if (!Capture(cycles)) {
    return;
  }
  JsonLine line("camera");
  line.Text("status", "captured")
      .Number("frame", frames_)
      .Number("bytes", sizeof frame_)
      .Hex("crc32", crc32_, 8)
      .Number("cycles", cycles.capture);
  Send(line);
}

void Classifier::Infer() {
  FrameCycles cycles;
  const std::uint32_t start = board::cycles.Now();
  if (!Capture(cycles)) {
    return;
  }
  const std::uint32_t captured = board::cycles.Now();
  std::int8_t* input = inference::Input();
  if (input != nullptr) {
    Preprocess(frame_, kPixels, input);
  }
  const std::uint32_t prepared = board::cycles.Now();
  const Status status = inference::Invoke();
  const std::uint32_t invoked = board::cycles.Now();
  if (status != Status::kOk) {
    const Trouble trouble = InferenceTrouble(status);
    SendError(trouble.code, trouble.detail, frames_);
    return;
  }
  const std::size_t index = IndexOfLargest(inference::Output(), model::kLabelCount);
  const std::uint32_t end = board::cycles.Now();
  cycles.preprocess = prepared - captured;
  cycles.invoke = invoked - prepared;
  cycles.postprocess = end - invoked;
  cycles.total = end - start;
  SendResult(cycles, index);
  if (profiling_) {
    SendProfile();
  }
}

void Classifier::SendResult(const FrameCycles& cycles, std::size_t index) {
  const std::int8_t* output = inference::Output();
  const Quantisation quantisation = inference::OutputQuantisation();
  JsonLine line("result");
  line.Number("frame", frames_)
      .Text("label", model::kLabels[index])
      .Number("index", static_cast<std::int64_t>(index));
  line.BeginArray("output");
  for (std::size_t i = 0; i < model::kLabelCount; ++i) {
    line.Item(output[i]);
  }
  line.EndArray().BeginArray("scores");
  for (std::size_t i = 0; i < model::kLabelCount; ++i) {
    line.ItemTenThousandths(TenThousandths(output[i], quantisation));
  }
  line.EndArray()
      .Hex("crc32", crc32_, 8)
      .BeginObject("cycles")
      .Number("capture", cycles.capture)
      .Number("preprocess", cycles.preprocess)
      .Number("invoke", cycles.invoke)
      .Number("postprocess", cycles.postprocess)
      .Number("total", cycles.total)
      .EndObject()
      .Text("inference", inference::Report().kind);
  Send(line);
}

void Classifier::SendProfile() {
  for (std::size_t i = 0; i < inference::ProfiledOperators(); ++i) {
    const inference::OperatorCycles measured = inference::ProfiledOperator(i);
    JsonLine line("profile");
    line.Number("frame", frames_)
        .Number("layer", static_cast<std::int64_t>(i))
        .Text("op", measured.name)
        .Number("cycles", measured.cycles);
    Send(line);
  }
}

void Classifier::SendInfo() {
  JsonLine line("log");
  line.Text("level", "info").Text("message", "info");
  AddSystem(line, kApp, inference::Report());
  line.Number("uptime_ms", board::clock.NowMs())
      .Number("frames", frames_)
      .Number("errors", errors_);
  Send(line);
}

void Classifier::SendError(std::string_view code, std::string_view detail, std::uint32_t frame) {
  ++errors_;
  JsonLine line("error");
  line.Text("code", code).Text("detail", detail.substr(0, kMaxDetail));
  if (frame != 0) {
    line.Number("frame", frame);
  }
  Send(line);
}

}  // namespace app
