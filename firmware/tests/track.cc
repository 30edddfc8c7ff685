// Detections on standard input to crossings on standard output, by the firmware's own tracker.
// "n" starts a sequence; any other line is a frame: score left top right bottom of each person, in
// sixteenths of a pixel. Out: the frame (from 0), identity and direction of each crossing, "n"
// again.
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>

#include "app/count/tracker.hpp"

int main() {
  app::Tracker tracker;
  int frame = 0;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "n") {
      tracker = app::Tracker();
      frame = 0;
      std::puts("n");
      continue;
    }
    app::Detections seen;
    std::istringstream numbers(line);
    for (app::Detection one;
         numbers >> one.score >> one.box.left >> one.box.top >> one.box.right >> one.box.bottom &&
         seen.count < app::kMaxPersons;) {
      seen.items[seen.count++] = one;
    }
    const app::Tracker::Answer answer = tracker.Update(seen);
    for (std::size_t i = 0; i < answer.crossings_count; ++i) {
      const bool right = answer.crossings[i].direction == app::Direction::kLeftToRight;
      std::printf("%d %u %s\n", frame, answer.crossings[i].identity,
                  right ? "left_to_right" : "right_to_left");
    }
    ++frame;
  }
}
