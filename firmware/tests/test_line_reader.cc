#include "app/console/line_reader.hpp"

#include <doctest/doctest.h>

#include <string>

#include "drivers/lpuart.hpp"

using app::LineReader;
using Result = app::LineReader::Result;

namespace {

/// Feeds all and returns what the last byte gave.
Result FeedAll(LineReader& reader, std::string_view text) {
  Result result = Result::kMore;
  for (const char c : text) {
    result = reader.Feed(static_cast<unsigned char>(c));
  }
  return result;
}

}  // namespace

TEST_CASE("a line ends with a line feed, a carriage return or both") {
  LineReader reader;
  CHECK(FeedAll(reader, "info\n") == Result::kLine);
  CHECK(reader.Text() == "info");
  CHECK(FeedAll(reader, "stop\r") == Result::kLine);
  CHECK(reader.Text() == "stop");
  CHECK(FeedAll(reader, "\n") == Result::kMore);
}

TEST_CASE("empty lines are nothing") {
  LineReader reader;
  CHECK(FeedAll(reader, "\n\r\n\n") == Result::kMore);
}

TEST_CASE("a line of 128 characters is the longest") {
  LineReader reader;
  CHECK(FeedAll(reader, std::string(128, 'a') + "\n") == Result::kLine);
  CHECK(reader.Text().size() == 128);
  CHECK(FeedAll(reader, std::string(129, 'a') + "\n") == Result::kTooLong);
  CHECK(reader.Text() == std::string(128, 'a'));
}

TEST_CASE("an overlong line is one error and the next line is whole again") {
  LineReader reader;
  unsigned errors = 0;
  for (const char c : std::string(5000, 'x') + "\n") {
    errors += reader.Feed(static_cast<unsigned char>(c)) == Result::kTooLong ? 1 : 0;
  }
  CHECK(errors == 1);
  CHECK(FeedAll(reader, "info\n") == Result::kLine);
  CHECK(reader.Text() == "info");
}

TEST_CASE("other than printable characters make a line no text") {
  LineReader reader;
  for (const std::string line : {"in\x01fo\n", "\xC3\xA9\n", "a\x7F\n", "\x1B[A\n"}) {
    CHECK(FeedAll(reader, line) == Result::kNotText);
  }
  CHECK(FeedAll(reader, std::string("a\0b\n", 4)) == Result::kNotText);
  CHECK(FeedAll(reader, "run\t5\n") == Result::kLine);
}

TEST_CASE("lost input drops the line that it was part of") {
  LineReader reader;
  CHECK(FeedAll(reader, "inf") == Result::kMore);
  CHECK(reader.Feed(drivers::Lpuart::kOverflow) == Result::kOverflow);
  CHECK(FeedAll(reader, "stop\n") == Result::kLine);
  CHECK(reader.Text() == "stop");
}
