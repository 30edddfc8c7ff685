/// \file
/// Captures frames, classifies them and reports, on command.

#include "app/classifier.hpp"
#include "app/events.hpp"
#include "board/board.hpp"

namespace {

app::Classifier classifier;

}  // namespace

int main() {
  board::Start();
  app::EndCutLine();
  classifier.Run();
}
