// Detections on standard input to crossings on standard output, by the firmware's own tracker; the
// file that is named has the frames that they are of, RGB565, one after the other. "n" starts a
// sequence; any other line is a frame: score left top right bottom of each person, in sixteenths of
// a pixel. Out: the frame (from 0), identity and direction of each crossing, "n" again.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "app/count/tracker.hpp"

int main(int, char** arguments) {
  std::ifstream frames(arguments[1], std::ios::binary);
  std::vector<char> bytes(2 * app::kPicturePixels * app::kPicturePixels);
  app::Tracker tracker;
  int frame = 0;
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "n") {
      tracker = app::Tracker();
      frame = 0;
      std::puts("n");
      continue;
    }
    frames.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto* pixels = reinterpret_cast<const std::uint8_t*>(bytes.data());
    app::Detections seen;
    std::istringstream numbers(line);
    for (app::Detection one;
         numbers >> one.score >> one.box.left >> one.box.top >> one.box.right >> one.box.bottom &&
         seen.count < app::kMaxPersons;) {
      one.clothes = app::ClothesIn(pixels, app::kPicturePixels, one.box);
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
