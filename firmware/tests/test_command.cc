#include "app/command.hpp"

#include <doctest/doctest.h>

using app::Command;
using app::ParseCommand;
using Kind = app::Command::Kind;

TEST_CASE("every command without an argument is known") {
  CHECK(ParseCommand("info").kind == Kind::kInfo);
  CHECK(ParseCommand("capture").kind == Kind::kCapture);
  CHECK(ParseCommand("infer").kind == Kind::kInfer);
  CHECK(ParseCommand("stop").kind == Kind::kStop);
  CHECK(ParseCommand("reset").kind == Kind::kReset);
}

TEST_CASE("run takes a count") {
  const Command command = ParseCommand("run 123456789");
  CHECK(command.kind == Kind::kRun);
  CHECK(command.count == 123456789);
  CHECK(ParseCommand("run 0").count == 0);
}

TEST_CASE("run may take a period") {
  CHECK(ParseCommand("run 3").period_ms == 0);
  CHECK(ParseCommand("run 3 250").count == 3);
  CHECK(ParseCommand("run 3 250").period_ms == 250);
}

TEST_CASE("line takes two different points of the picture") {
  const Command command = ParseCommand("line 48 96 0 1");
  CHECK(command.kind == Kind::kLine);
  CHECK(command.numbers[0] == 48);
  CHECK(command.numbers[1] == 96);
  CHECK(command.numbers[2] == 0);
  CHECK(command.numbers[3] == 1);
  for (const char* line :
       {"line", "line 1 2 3", "line 1 2 3 97", "line 5 6 5 6", "line 1 2 3 4 5", "line a b c d"}) {
    CAPTURE(line);
    CHECK(ParseCommand(line).kind == Kind::kBadArgument);
  }
}

TEST_CASE("the counts can be reset without the chip") {
  CHECK(ParseCommand("reset counts").kind == Kind::kResetCounts);
  CHECK(ParseCommand("reset counts now").kind == Kind::kBadArgument);
}

TEST_CASE("profile takes on or off") {
  CHECK(ParseCommand("profile on").kind == Kind::kProfile);
  CHECK(ParseCommand("profile on").on);
  CHECK(ParseCommand("profile off").kind == Kind::kProfile);
  CHECK_FALSE(ParseCommand("profile off").on);
}

TEST_CASE("blanks around words do not matter") {
  CHECK(ParseCommand(" \tinfo  ").kind == Kind::kInfo);
  CHECK(ParseCommand("run \t 7 ").count == 7);
  CHECK(ParseCommand("").kind == Kind::kNone);
  CHECK(ParseCommand("  \t").kind == Kind::kNone);
}

TEST_CASE("wrong arguments are refused") {
  for (const char* line :
       {"run", "run x", "run -1", "run 1.5", "run 1 x", "run 1 2 3", "run 1234567890", "profile",
        "profile ON", "profile on off", "info now", "stop 1", "capture 3", "reset please"}) {
    CAPTURE(line);
    CHECK(ParseCommand(line).kind == Kind::kBadArgument);
  }
}

TEST_CASE("anything else is unknown") {
  for (const char* line : {"help", "Info", "infos", "inf", "run5", "{}", "run,5"}) {
    CAPTURE(line);
    CHECK(ParseCommand(line).kind == Kind::kUnknown);
  }
}
