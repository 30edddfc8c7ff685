#include "app/vision/log_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using app::LogQueue;
using app::LogRequest;
using Answer = LogQueue::Answer;

namespace {

LogRequest Parsed(std::string_view text) {
  LogRequest request;
  REQUIRE(app::ParseLog(app::Arguments(text), request));
  return request;
}

bool IsRefused(std::string_view text) {
  LogRequest request;
  return !app::ParseLog(app::Arguments(text), request);
}

}  // namespace

TEST_CASE("log takes a number, then from, period and the label at the end") {
  CHECK(Parsed("7").frames == 7);
  const LogRequest all = Parsed("0 from 12 period 250  label my  own cat ");
  CHECK(all.frames == 0);
  CHECK(all.from == 12);
  CHECK(all.period_ms == 250);
  CHECK(all.Label() == "my  own cat");
  CHECK(Parsed("1 label from 3").Label() == "from 3");
  const std::string longest(32, 'x');
  CHECK(Parsed("1 label " + longest).Label() == longest);
}

TEST_CASE("anything else is refused") {
  for (const char* text : {"", "x", "1 2", "1 from", "1 from 0", "1 period", "1 period x",
                           "1 label", "1 label ", "1 every 5"}) {
    CAPTURE(text);
    CHECK(IsRefused(text));
  }
  CHECK(IsRefused("1 label " + std::string(33, 'x')));
}

TEST_CASE("frames get their request's label, in the order of the asking") {
  LogQueue queue;
  CHECK(queue.Empty());
  CHECK(queue.Add(Parsed("2 label cat"), 0) == Answer::kTaken);
  CHECK(queue.Add(Parsed("1 label dog"), 0) == Answer::kTaken);
  CHECK(queue.Left() == 3);
  std::string labels;
  for (std::uint32_t sequence = 1; !queue.Empty(); ++sequence) {
    CHECK(queue.IsDue(0));
    queue.Begin(0);
    labels += std::string(queue.Front().Label()) + " ";
    CHECK(queue.Take() == sequence);
    CHECK(queue.Left() == 3 - sequence);
  }
  CHECK(labels == "cat cat dog ");
  CHECK(queue.Sequence() == 3);
}

TEST_CASE("a request that comes twice, or after one that was lost, is refused by its number") {
  LogQueue queue;
  CHECK(queue.Add(Parsed("2 from 1"), 0) == Answer::kTaken);
  CHECK(queue.Add(Parsed("2 from 1"), 0) == Answer::kOutOfOrder);
  CHECK(queue.Add(Parsed("2 from 5"), 0) == Answer::kOutOfOrder);
  CHECK(queue.Add(Parsed("2 from 3"), 0) == Answer::kTaken);
  queue.Take();
  CHECK(queue.Add(Parsed("1 from 5"), 0) == Answer::kTaken);
  CHECK(queue.Left() == 4);
}

TEST_CASE("eight requests wait at most, and none behind one without an end") {
  LogQueue queue;
  for (unsigned i = 0; i < LogQueue::kRequests; ++i) {
    CHECK(queue.Add(Parsed("1"), 0) == Answer::kTaken);
  }
  CHECK(queue.Add(Parsed("1"), 0) == Answer::kFull);
  queue.Clear();
  CHECK(queue.Empty());
  CHECK(queue.Add(Parsed("0"), 0) == Answer::kTaken);
  CHECK(queue.Add(Parsed("1"), 0) == Answer::kFull);
  for (unsigned i = 0; i < 100; ++i) {
    queue.Take();
  }
  CHECK(!queue.Empty());
  CHECK(queue.Left() == 0);
}

TEST_CASE("a frame is due once a period, and periods that passed whole are overruns") {
  LogQueue queue;
  CHECK(queue.Add(Parsed("9 period 100"), 1000) == Answer::kTaken);
  CHECK(queue.Begin(1000) == 0);
  queue.Take();
  CHECK(!queue.IsDue(1099));
  CHECK(queue.IsDue(1100));
  CHECK(queue.Begin(1350) == 2);
  queue.Take();
  CHECK(queue.Overruns() == 2);
  CHECK(!queue.IsDue(1399));
  CHECK(queue.IsDue(1400));
}

TEST_CASE("who asks again in time keeps the beat, and nobody is late before he asks") {
  LogQueue queue;
  CHECK(queue.Add(Parsed("1 period 100"), 1000) == Answer::kTaken);
  queue.Begin(1000);
  queue.Take();
  CHECK(queue.Add(Parsed("1 period 100"), 1050) == Answer::kTaken);
  CHECK(!queue.IsDue(1099));
  CHECK(queue.Begin(1100) == 0);
  queue.Take();
  CHECK(queue.Add(Parsed("2 period 100"), 9000) == Answer::kTaken);
  CHECK(queue.Begin(9000) == 0);
  queue.Take();
  CHECK(queue.Overruns() == 0);
}

TEST_CASE("another period begins at once") {
  LogQueue queue;
  CHECK(queue.Add(Parsed("1"), 0) == Answer::kTaken);
  CHECK(queue.Add(Parsed("2 period 100"), 0) == Answer::kTaken);
  queue.Begin(0);
  queue.Take();
  CHECK(queue.IsDue(5000));
  CHECK(queue.Begin(5000) == 0);
  queue.Take();
  CHECK(!queue.IsDue(5099));
}
