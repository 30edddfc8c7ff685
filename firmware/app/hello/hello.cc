/// \file
/// The smallest app: the LED blinks, and a line comes every 500 ms.

#include <cstdint>

#include "app/console/events.hpp"
#include "board.hpp"

namespace {

constexpr std::uint32_t kPeriodMs = 500;

}  // namespace

int main() {
  board::Start();
  app::EndCutLine();
  {
    app::JsonLine line("boot");
    app::AddSystem(line, "hello", {});
    app::Send(line);
  }
  bool lit = false;
  std::uint32_t next_ms = kPeriodMs;
  for (std::uint32_t count = 1;; ++count) {
    while (static_cast<std::int32_t>(board::clock.NowMs() - next_ms) < 0) {
      board::clock.Sleep();
    }
    next_ms += kPeriodMs;
    lit = !lit;
    board::SetLed(lit);
    app::JsonLine line("log");
    line.Text("level", "info")
        .Text("message", "hello")
        .Number("count", count)
        .Number("led", lit ? 1 : 0)
        .Number("uptime_ms", board::clock.NowMs());
    app::Send(line);
  }
}
