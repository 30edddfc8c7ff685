#include "app/console/commands.hpp"

namespace app {

namespace {

constexpr std::string_view kBlanks = " \t";

}  // namespace

std::string_view Arguments::TakeWord() {
  const std::size_t begin = text_.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    text_ = {};
    return {};
  }
  text_.remove_prefix(begin);
  const std::string_view word = text_.substr(0, text_.find_first_of(kBlanks));
  text_.remove_prefix(word.size());
  return word;
}

bool Arguments::TakeNumber(std::uint32_t& number) {
  constexpr std::size_t kMaxDigits = 9;
  const std::string_view word = TakeWord();
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

bool Arguments::TakeSwitch(bool& on) {
  const std::string_view word = TakeWord();
  on = word == "on";
  return on || word == "off";
}

bool Arguments::TakeAll(std::string_view words) {
  const Arguments before = *this;
  Arguments wanted(words);
  while (!wanted.AtEnd()) {
    if (TakeWord() != wanted.TakeWord()) {
      *this = before;
      return false;
    }
  }
  return true;
}

std::string_view Arguments::TakeRest() {
  std::string_view rest = text_;
  text_ = {};
  while (!rest.empty() && kBlanks.find(rest.front()) != std::string_view::npos) {
    rest.remove_prefix(1);
  }
  while (!rest.empty() && kBlanks.find(rest.back()) != std::string_view::npos) {
    rest.remove_suffix(1);
  }
  return rest;
}

bool Arguments::AtEnd() const { return text_.find_first_not_of(kBlanks) == std::string_view::npos; }

}  // namespace app
