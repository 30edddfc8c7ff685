/// \file
/// Captures frames, classifies them and reports, on command.

#include "app/classify/classifier.hpp"
#include "app/console/events.hpp"
#include "board.hpp"

namespace {

app::Classifier classifier;

}  // namespace

int main() {
  board::Start();
  app::EndCutLine();
  classifier.Serve();
}
