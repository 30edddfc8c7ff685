#include "app/count/count_lines.hpp"

#include <algorithm>

namespace app {

void AddBoxes(JsonLine& line, const Detections& detections, const Tracker::Answer& tracked,
              std::size_t first) {
  line.BeginArray("boxes");
  for (std::size_t i = first; i < std::min(detections.count, first + kBoxesPerLine); ++i) {
    const Detection& found = detections.items[i];
    line.BeginItem()
        .Item(found.box.left)
        .Item(found.box.top)
        .Item(found.box.right)
        .Item(found.box.bottom)
        .Item(found.score)
        .Item(tracked.identities[i])
        .EndArray();
  }
  line.EndArray();
}

void AddCrossing(JsonLine& line, const Crossing& crossing, const Tracker& tracker) {
  const bool to_right = crossing.direction == Direction::kLeftToRight;
  line.Number("identity", crossing.identity)
      .Text("direction", to_right ? "left_to_right" : "right_to_left");
  AddTotals(line, tracker);
}

void AddTotals(JsonLine& line, const Tracker& tracker) {
  line.Number("left_to_right", tracker.LeftToRight())
      .Number("right_to_left", tracker.RightToLeft());
}

}  // namespace app
