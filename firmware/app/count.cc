/// \file
/// Captures frames, counts persons, follows them and reports, on command.

#include "app/counter.hpp"
#include "app/events.hpp"
#include "board/board.hpp"

namespace {

app::Counter counter;

}  // namespace

int main() {
  board::Start();
  app::EndCutLine();
  counter.Run();
}
