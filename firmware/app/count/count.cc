/// \file
/// Captures frames, counts persons, follows them and reports, on command.

#include "app/console/events.hpp"
#include "app/count/counter.hpp"
#include "board.hpp"

namespace {

app::Counter counter;

}  // namespace

int main() {
  board::Start();
  app::EndCutLine();
  counter.Serve();
}
