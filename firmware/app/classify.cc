/// \file
/// Captures frames, classifies them and reports, on command.

#include "app/classifier.hpp"
#include "board/board.hpp"

namespace {

app::Classifier classifier;

}  // namespace

int main() {
  board::Start();
  classifier.Run();
}
