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

TEST_CASE("UTF-8 is escaped by its code points") {
  JsonLine line("x");
  line.Text("t", "K\xC3\xB6ter \xD0\xBA\xD0\xBE\xD1\x82 \xE7\x8A\xAC \xF0\x9F\x90\x95");
  CHECK(line.Finish() ==
        "{\"event\":\"x\",\"t\":\"K\\u00f6ter \\u043a\\u043e\\u0442 \\u72ac \\ud83d\\udc15\"}\n");
}

TEST_CASE("bytes that are no UTF-8 stand for themselves") {
  JsonLine line("x");
  // Cut short, overlong, a surrogate, beyond the last code point, a continuation alone.
  line.Text("t", "\xC3(\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80\xBF\xE7\x8A");
  CHECK(line.Finish() ==
        "{\"event\":\"x\",\"t\":\"\\u00c3("
        "\\u00c0\\u0080\\u00ed\\u00a0\\u0080\\u00f4\\u0090\\u0080\\u0080"
        "\\u00bf\\u00e7\\u008a\"}\n");
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
