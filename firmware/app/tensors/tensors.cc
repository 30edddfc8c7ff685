/// \file
/// Runs a model of any shape on what somebody outside has put into its input tensors, on command.

#include "app/console/commands.hpp"
#include "app/console/events.hpp"
#include "app/console/line_reader.hpp"
#include "app/tensors/runner.hpp"
#include "board.hpp"
#ifdef ARENA_IN_SDRAM
#include "sdram.hpp"
#endif

namespace {

using app::JsonLine;

class Tensors {
 public:
  void Serve() {
    const Status status = app::runner::Start();
    JsonLine line("boot");
    AddSystem(line, "tensors", app::runner::Report());
    Send(line);
    if (status != Status::kOk) {
      app::SendError("model_invalid", "the model cannot be run");
    } else {
      app::SendLog("info", "ready");
    }
    for (;;) {
      std::uint16_t byte = 0;
      while (board::console.Read(byte)) {
        const app::LineReader::Result result = reader_.Feed(byte);
        if (result == app::LineReader::Result::kLine) {
          ExecuteLine();
        } else if (result != app::LineReader::Result::kMore) {
          app::SendError("bad_line", reader_.Text());
        }
      }
      board::clock.Sleep();
    }
  }

 private:
  void ExecuteLine() {
    static constexpr app::Command<Tensors> kCommands[] = {
        {"invoke", &Tensors::Invoke},
        {"forget", &Tensors::Forget},
        {"profile", &Tensors::Profile},
    };
    switch (Execute(*this, kCommands, reader_.Text())) {
      case app::Answer::kDone:
        break;
      case app::Answer::kUnknown:
        app::SendError("unknown_command", reader_.Text());
        break;
      case app::Answer::kBadArgument:
        app::SendError("bad_argument", reader_.Text());
        break;
    }
  }

  void Invoke() {
    const std::uint32_t start = board::cycles.Now();
    const Status status = app::runner::Invoke();
    const std::uint32_t cycles = board::cycles.Now() - start;
    if (status != Status::kOk) {
      app::SendError("inference_failed", "the model did not run to its end");
      return;
    }
    app::Profiler& operators = app::runner::Operators();
    for (std::size_t i = 0; i < operators.Count(); ++i) {
      JsonLine line("profile");
      line.Number("frame", 0)
          .Number("layer", static_cast<std::int64_t>(i))
          .Text("op", operators.Name(i))
          .Number("cycles", operators.Cycles(i));
      Send(line);
    }
    JsonLine line("log");
    line.Text("level", "info").Text("message", "invoked").Number("cycles", cycles);
    Send(line);
  }

  void Forget() {
    if (app::runner::Forget() == Status::kOk) {
      app::SendLog("info", "forgotten");
    } else {
      app::SendError("inference_failed", "the state cannot be reset");
    }
  }

  bool Profile(app::Arguments arguments) {
    bool on = false;
    if (!arguments.TakeSwitch(on) || !arguments.AtEnd()) {
      return false;
    }
    app::runner::Operators().SetOn(on);
    app::SendLog("info", on ? "profile on" : "profile off");
    return true;
  }

  app::LineReader reader_;
};

Tensors tensors;

}  // namespace

int main() {
  board::Start();
#ifdef ARENA_IN_SDRAM
  if (board::StartSdram() != Status::kOk) {
    app::SendError("sdram", "the memory of the arena does not answer");
    for (;;) {
      board::clock.Sleep();
    }
  }
#endif
  app::EndCutLine();
  tensors.Serve();
}
