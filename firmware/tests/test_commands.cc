#include "app/console/commands.hpp"

#include <doctest/doctest.h>

#include <string>

#include "app/count/line_request.hpp"
#include "app/vision/run_request.hpp"

using app::Answer;
using app::Arguments;

namespace {

/// An application with commands of all kinds; each writes down that it ran.
class Sample {
 public:
  std::string ran;
  app::RunRequest run;
  app::LineRequest line;
  bool on = false;

  Answer Do(std::string_view text) {
    static constexpr app::Command<Sample> kOwn[] = {
        {"line", &Sample::Line},
        {"reset counts", &Sample::ResetCounts},
    };
    static constexpr app::Command<Sample> kAll[] = {
        {"info", &Sample::Info},   {"stop", &Sample::Stop},       {"run", &Sample::Run},
        {"reset", &Sample::Reset}, {"profile", &Sample::Profile},
    };
    const Answer answer = app::Execute(*this, kOwn, text);
    return answer == Answer::kUnknown ? app::Execute(*this, kAll, text) : answer;
  }

 private:
  void Info() { ran += "info."; }
  void Stop() { ran += "stop."; }
  void Reset() { ran += "reset."; }
  void ResetCounts() { ran += "reset counts."; }
  bool Run(Arguments arguments) {
    run = {};
    return Note(app::ParseRun(arguments, run), "run.");
  }
  bool Line(Arguments arguments) { return Note(app::ParseLine(arguments, line), "line."); }
  bool Profile(Arguments arguments) {
    return Note(arguments.TakeSwitch(on) && arguments.AtEnd(), "profile.");
  }
  bool Note(bool good, const char* what) {
    ran += good ? what : "";
    return good;
  }
};

}  // namespace

TEST_CASE("every command without an argument runs") {
  Sample sample;
  for (const char* line : {"info", "stop", "reset"}) {
    CHECK(sample.Do(line) == Answer::kDone);
  }
  CHECK(sample.ran == "info.stop.reset.");
}

TEST_CASE("run takes a count") {
  Sample sample;
  CHECK(sample.Do("run 123456789") == Answer::kDone);
  CHECK(sample.run.frames == 123456789);
  CHECK(sample.Do("run 0") == Answer::kDone);
  CHECK(sample.run.frames == 0);
}

TEST_CASE("run may take a period") {
  Sample sample;
  CHECK(sample.Do("run 3 250") == Answer::kDone);
  CHECK(sample.run.frames == 3);
  CHECK(sample.run.period_ms == 250);
  CHECK(sample.Do("run 3") == Answer::kDone);
  CHECK(sample.run.period_ms == 0);
}

TEST_CASE("run may sleep between the frames, with the camera at rest") {
  using Mode = drivers::SleepMode;
  using Rest = drivers::Camera::Rest;
  Sample sample;
  CHECK(sample.Do("run 3 250") == Answer::kDone);
  CHECK_FALSE(sample.run.sleeps);
  struct {
    const char* line;
    Mode mode;
    Rest rest;
  } const asked[] = {
      {"run 3 250 sleep wait", Mode::kWait, Rest::kLowPower},
      {"run 0 250 sleep stop", Mode::kStop, Rest::kLowPower},
      {"run 3 250 sleep wait camera on", Mode::kWait, Rest::kOn},
      {"run 3 250 sleep stop camera low-power", Mode::kStop, Rest::kLowPower},
      {"run 3 250 sleep stop camera gated", Mode::kStop, Rest::kGated},
  };
  for (const auto& one : asked) {
    CAPTURE(one.line);
    CHECK(sample.Do(one.line) == Answer::kDone);
    CHECK(sample.run.sleeps);
    CHECK(sample.run.period_ms == 250);
    CHECK(sample.run.mode == one.mode);
    CHECK(sample.run.rest == one.rest);
  }
}

TEST_CASE("a sleep that ends in a boot has whole seconds") {
  Sample sample;
  CHECK(sample.Do("run 3 2000 sleep suspend") == Answer::kDone);
  CHECK(sample.run.mode == drivers::SleepMode::kSuspend);
  CHECK(sample.run.Restarts());
  CHECK(sample.Do("run 3 600000 sleep snvs camera gated") == Answer::kDone);
  CHECK(sample.run.mode == drivers::SleepMode::kSnvs);
  CHECK(sample.Do("run 3 2000 sleep stop") == Answer::kDone);
  CHECK_FALSE(sample.run.Restarts());
}

TEST_CASE("line takes two different points of the picture") {
  Sample sample;
  CHECK(sample.Do("line 48 96 0 1") == Answer::kDone);
  CHECK(sample.line.numbers[0] == 48);
  CHECK(sample.line.numbers[1] == 96);
  CHECK(sample.line.numbers[2] == 0);
  CHECK(sample.line.numbers[3] == 1);
  sample.ran.clear();
  for (const char* line :
       {"line", "line 1 2 3", "line 1 2 3 97", "line 5 6 5 6", "line 1 2 3 4 5", "line a b c d"}) {
    CAPTURE(line);
    CHECK(sample.Do(line) == Answer::kBadArgument);
  }
  CHECK(sample.ran.empty());
}

TEST_CASE("the counts can be reset without the chip") {
  Sample sample;
  CHECK(sample.Do("reset counts") == Answer::kDone);
  CHECK(sample.Do(" reset \t counts ") == Answer::kDone);
  CHECK(sample.ran == "reset counts.reset counts.");
  CHECK(sample.Do("reset counts now") == Answer::kBadArgument);
  CHECK(sample.ran == "reset counts.reset counts.");
}

TEST_CASE("profile takes on or off") {
  Sample sample;
  CHECK(sample.Do("profile on") == Answer::kDone);
  CHECK(sample.on);
  CHECK(sample.Do("profile off") == Answer::kDone);
  CHECK_FALSE(sample.on);
}

TEST_CASE("blanks around words do not matter") {
  Sample sample;
  CHECK(sample.Do(" \tinfo  ") == Answer::kDone);
  CHECK(sample.Do("run \t 7 ") == Answer::kDone);
  CHECK(sample.run.frames == 7);
  CHECK(sample.ran == "info.run.");
  CHECK(sample.Do("") == Answer::kDone);
  CHECK(sample.Do("  \t") == Answer::kDone);
  CHECK(sample.ran == "info.run.");
}

TEST_CASE("wrong arguments are refused, and nothing runs") {
  Sample sample;
  for (const char* line : {"run",
                           "run x",
                           "run -1",
                           "run 1.5",
                           "run 1 x",
                           "run 1 2 3",
                           "run 1234567890",
                           "profile",
                           "run 1 sleep stop",
                           "run 1 0 sleep stop",
                           "run 1 9 sleep",
                           "run 1 9 sleep deep",
                           "run 1 9 sleep stop 1",
                           "run 1 9 sleep stop camera",
                           "run 1 9 sleep stop camera off",
                           "run 1 9 sleep stop camera on 1",
                           "run 1 2500 sleep snvs",
                           "run 1 1000 sleep suspend",
                           "profile ON",
                           "profile on off",
                           "info now",
                           "stop 1",
                           "reset please"}) {
    CAPTURE(line);
    CHECK(sample.Do(line) == Answer::kBadArgument);
  }
  CHECK(sample.ran.empty());
}

TEST_CASE("anything else is unknown, and nothing runs") {
  Sample sample;
  for (const char* line : {"help", "Info", "infos", "inf", "run5", "{}", "run,5", "counts"}) {
    CAPTURE(line);
    CHECK(sample.Do(line) == Answer::kUnknown);
  }
  CHECK(sample.ran.empty());
}
