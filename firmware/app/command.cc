#include "app/command.hpp"

#include <cstddef>

namespace app {

namespace {

using Kind = Command::Kind;

constexpr std::string_view kBlanks = " \t";

/// Takes the first word off `text`; empty when there is none.
std::string_view TakeWord(std::string_view& text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(begin);
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

/// A decimal number of up to nine digits.
bool ParseNumber(std::string_view word, std::uint32_t& number) {
  constexpr std::size_t kMaxDigits = 9;
  if (word.empty() || word.size() > kMaxDigits) {
    return false;
  }
  number = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') {
      return false;
    }
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return true;
}

struct Word {
  std::string_view text;
  Kind kind;
};

constexpr Word kWords[] = {
    {"info", Kind::kInfo},   {"capture", Kind::kCapture}, {"infer", Kind::kInfer},
    {"run", Kind::kRun},     {"stop", Kind::kStop},       {"profile", Kind::kProfile},
    {"reset", Kind::kReset}, {"line", Kind::kLine},
};

Kind KindOf(std::string_view word) {
  for (const Word& known : kWords) {
    if (word == known.text) {
      return known.kind;
    }
  }
  return Kind::kUnknown;
}

/// `run N`, `run N period_ms`
bool ParseRun(std::string_view& line, Command& command) {
  if (!ParseNumber(TakeWord(line), command.count)) {
    return false;
  }
  const std::string_view period = TakeWord(line);
  return period.empty() || ParseNumber(period, command.period_ms);
}

/// `line x0 y0 x1 y1`, two different points of the picture
bool ParseLine(std::string_view& line, Command& command) {
  constexpr std::uint32_t kEdge = 96;
  for (std::uint32_t& number : command.numbers) {
    if (!ParseNumber(TakeWord(line), number) || number > kEdge) {
      return false;
    }
  }
  return command.numbers[0] != command.numbers[2] || command.numbers[1] != command.numbers[3];
}

/// `reset`, `reset counts`
bool ParseReset(std::string_view& line, Command& command) {
  const std::string_view argument = TakeWord(line);
  if (argument == "counts") {
    command.kind = Kind::kResetCounts;
  }
  return argument.empty() || argument == "counts";
}

}  // namespace

Command ParseCommand(std::string_view line) {
  Command command;
  const std::string_view word = TakeWord(line);
  if (word.empty()) {
    return command;
  }
  command.kind = KindOf(word);
  if (command.kind == Kind::kUnknown) {
    return command;
  }
  bool good = true;
  if (command.kind == Kind::kRun) {
    good = ParseRun(line, command);
  } else if (command.kind == Kind::kLine) {
    good = ParseLine(line, command);
  } else if (command.kind == Kind::kReset) {
    good = ParseReset(line, command);
  } else if (command.kind == Kind::kProfile) {
    const std::string_view argument = TakeWord(line);
    command.on = argument == "on";
    good = command.on || argument == "off";
  }
  if (!good || !TakeWord(line).empty()) {
    command.kind = Kind::kBadArgument;
  }
  return command;
}

}  // namespace app
