#include "app/console/events.hpp"

#include "board.hpp"
#include "start/symbols.hpp"

namespace app {

namespace {

constexpr std::size_t kMaxDetail = 64;
std::uint32_t errors_sent = 0;

std::int64_t Value(const char& symbol) {
  return static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(&symbol));
}

void AddRegion(JsonLine& line, std::string_view key, const char& used, const char& size) {
  line.BeginArray(key).Item(Value(used)).Item(Value(size)).EndArray();
}

}  // namespace

void Send(JsonLine& line) {
  std::string_view text = line.Finish();
  if (text.empty()) {
    text = "{\"event\":\"error\",\"code\":\"event_too_long\",\"detail\":\"\"}\n";
  }
  // A console that takes nothing for a second cannot be told so.
  static_cast<void>(board::console.Write(text.data(), text.size()));
}

void SendError(std::string_view code, std::string_view detail, std::uint32_t frame) {
  ++errors_sent;
  JsonLine line("error");
  line.Text("code", code).Text("detail", detail.substr(0, kMaxDetail));
  if (frame != 0) {
    line.Number("frame", frame);
  }
  Send(line);
}

std::uint32_t ErrorsSent() { return errors_sent; }

void EndCutLine() {
  using Cause = drivers::ResetCause;
  const Cause cause = board::resets.Cause();
  if (cause != Cause::kPowerOn && cause != Cause::kSystem) {
    static_cast<void>(board::console.Write("\n", 1));
  }
}

void SendLog(std::string_view level, std::string_view message) {
  JsonLine line("log");
  line.Text("level", level).Text("message", message);
  Send(line);
}

void AddSystem(JsonLine& line, std::string_view app, const InferenceReport& inference) {
  const std::uint64_t chip_id =
      static_cast<std::uint64_t>(board::ChipIdHigh()) << 32 | board::ChipIdLow();
  line.Text("app", app)
      .Text("version", kVersion)
      .Text("board", board::kName)
      .Hex("chip_id", chip_id, 16)
      .Text("reset", drivers::NameOf(board::resets.Cause()))
      .Number("reset_count", board::resets.Count())
      .Number("core_hz", board::CoreHz())
      .Text("inference", inference.kind);
  if (!inference.model.empty()) {
    line.Text("model", inference.model)
        .Number("arena_reserved", static_cast<std::int64_t>(inference.arena_reserved))
        .Number("arena_used", static_cast<std::int64_t>(inference.arena_used));
  }
  line.BeginObject("memory");
  AddRegion(line, "itcm", itcm_used, itcm_size);
  AddRegion(line, "dtcm", dtcm_used, dtcm_size);
  AddRegion(line, "ocram", ocram2_used, ocram2_size);
  AddRegion(line, "flash", flash_used, flash_size);
  line.EndObject();
}

}  // namespace app
