#include "app/console/json_line.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

using app::JsonLine;

TEST_CASE("the event is the first key") {
  JsonLine line("log");
  CHECK(line.Finish() == "{\"event\":\"log\"}\n");
}

TEST_CASE("keys and values are separated by commas") {
  JsonLine line("log");
  line.Text("level", "info").Number("count", 3).Hex("pc", 0x60002400, 8, "0x");
  CHECK(line.Finish() ==
        "{\"event\":\"log\",\"level\":\"info\",\"count\":3,\"pc\":\"0x60002400\"}\n");
}

TEST_CASE("objects and arrays nest, also empty ones") {
  JsonLine line("x");
  line.BeginObject("memory").BeginArray("itcm").Item(1).Item(-2).EndArray().Number("n", 0);
  line.EndObject().BeginArray("none").EndArray().BeginObject("nothing").EndObject();
  line.Number("last", 1);
  CHECK(line.Finish() ==
        "{\"event\":\"x\",\"memory\":{\"itcm\":[1,-2],\"n\":0},\"none\":[],\"nothing\":{},"
        "\"last\":1}\n");
}

TEST_CASE("the widest numbers come out whole") {
  JsonLine line("x");
  line.Number("least", std::numeric_limits<std::int64_t>::min())
      .Number("most", std::numeric_limits<std::int64_t>::max())
      .Hex("id", 0x0123'4567'89AB'CDEF, 16);
  CHECK(line.Finish() ==
        "{\"event\":\"x\",\"least\":-9223372036854775808,\"most\":9223372036854775807,"
        "\"id\":\"0123456789abcdef\"}\n");
}

TEST_CASE("ten thousandths have four decimals") {
  JsonLine line("x");
  line.BeginArray("scores");
  for (const std::int32_t value : {0, 1, 39, 9961, 10'000, 12'345, -1, -12'000}) {
    line.ItemTenThousandths(value);
  }
  line.EndArray();
  CHECK(line.Finish() ==
        "{\"event\":\"x\",\"scores\":[0.0000,0.0001,0.0039,0.9961,1.0000,1.2345,-0.0001,"
        "-1.2000]}\n");
}

TEST_CASE("text is escaped") {
  JsonLine line("x");
  line.Text("t", std::string_view("a\"b\\c\n\x01\x7F\xFF", 9));
  CHECK(line.Finish() == "{\"event\":\"x\",\"t\":\"a\\\"b\\\\c\\u000a\\u0001\\u007f\\u00ff\"}\n");
}

TEST_CASE("a line of 512 bytes is the longest") {
  constexpr std::size_t kFrame = sizeof("{\"event\":\"x\",\"t\":\"\"}\n") - 1;
  JsonLine longest("x");
  longest.Text("t", std::string(512 - kFrame, 'a'));
  CHECK(longest.Finish().size() == 512);
  JsonLine too_long("x");
  too_long.Text("t", std::string(513 - kFrame, 'a'));
  CHECK(too_long.Finish().empty());
}
