#include "app/count/count_lines.hpp"

#include <doctest/doctest.h>

#include <string>

using app::JsonLine;

namespace {

app::Detections Crowd() {
  app::Detections crowd;
  for (; crowd.count < app::kMaxPersons; ++crowd.count) {
    crowd.items[crowd.count] = {-128, {1535, 1535, 1536, 1536}};
  }
  return crowd;
}

}  // namespace

TEST_CASE("a box is edges, score and identity") {
  app::Detections one;
  one.count = 1;
  one.items[0] = {-3, {16, 0, 320, 1536}};
  app::Tracker::Answer tracked;
  tracked.identities[0] = 7;
  JsonLine line("count");
  AddBoxes(line, one, tracked, 0);
  CHECK(std::string(line.Finish()) == "{\"event\":\"count\",\"boxes\":[[16,0,320,1536,-3,7]]}\n");
}

TEST_CASE("nobody is an empty list") {
  JsonLine line("count");
  AddBoxes(line, {}, {}, 0);
  CHECK(std::string(line.Finish()) == "{\"event\":\"count\",\"boxes\":[]}\n");
}

TEST_CASE("the longest count event fits into a line") {
  app::Tracker::Answer tracked;
  for (std::uint32_t& identity : tracked.identities) {
    identity = 99'999;
  }
  JsonLine line("count");
  line.Number("frame", 0xFFFF'FFFF).Number("count", 16);
  AddBoxes(line, Crowd(), tracked, 0);
  line.Hex("output_crc32", 0, 8).Hex("crc32", 0, 8).BeginObject("cycles");
  for (const char* stage : {"capture", "preprocess", "invoke", "postprocess", "total"}) {
    line.Number(stage, 0xFFFF'FFFF);
  }
  line.EndObject().Text("inference", "tflm");
  CHECK_FALSE(line.Finish().empty());
}

TEST_CASE("boxes go on where the line before ended") {
  app::Detections crowd = Crowd();
  crowd.count = 9;
  crowd.items[8] = {5, {1, 2, 3, 4}};
  JsonLine line("boxes");
  AddBoxes(line, crowd, {}, 8);
  CHECK(std::string(line.Finish()) == "{\"event\":\"boxes\",\"boxes\":[[1,2,3,4,5,0]]}\n");
}

TEST_CASE("a crossing says who, in which direction, and the totals") {
  const app::Tracker tracker;
  JsonLine line("crossing");
  AddCrossing(line, {3, app::Direction::kRightToLeft}, tracker);
  CHECK(std::string(line.Finish()) ==
        "{\"event\":\"crossing\",\"identity\":3,\"direction\":\"right_to_left\","
        "\"left_to_right\":0,\"right_to_left\":0}\n");
}
