/// \file
/// What can be typed at the console: an application's table of words and what they call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

/// What is left of a line; words are separated by blanks and tabs.
class Arguments {
 public:
  explicit constexpr Arguments(std::string_view text) : text_(text) {}

  /// Takes the first word; empty when there is none.
  std::string_view TakeWord();
  /// Takes a word that is a decimal number of up to nine digits, or says false.
  bool TakeNumber(std::uint32_t& number);
  /// Takes "on" or "off", or says false.
  bool TakeSwitch(bool& on);
  /// Takes all the words of `words`, or none of them and says false.
  bool TakeAll(std::string_view words);
  /// Takes all that is left, without the blanks around it.
  std::string_view TakeRest();
  bool AtEnd() const;

 private:
  std::string_view text_;
};

/// A command: one or more words, and a member function of the application. One that takes arguments
/// returns false, and has done nothing, when they are wrong.
template <typename App>
struct Command {
  constexpr Command(std::string_view the_words, void (App::*call)())
      : words(the_words), run(call) {}
  constexpr Command(std::string_view the_words, bool (App::*call)(Arguments))
      : words(the_words), run_with(call) {}

  std::string_view words;
  void (App::*run)() = nullptr;
  bool (App::*run_with)(Arguments) = nullptr;
};

enum class Answer : std::uint8_t {
  kDone,         // also of a line without a word
  kUnknown,      // nothing in the table has the line's words
  kBadArgument,  // nothing was done
};

/// Looks the line up in the table, from its first entry on, and runs what is found.
template <typename App, std::size_t kCount>
Answer Execute(App& app, const Command<App> (&table)[kCount], std::string_view line) {
  if (Arguments(line).AtEnd()) {
    return Answer::kDone;
  }
  for (const Command<App>& command : table) {
    Arguments arguments(line);
    if (!arguments.TakeAll(command.words)) {
      continue;
    }
    if (command.run_with != nullptr) {
      return (app.*command.run_with)(arguments) ? Answer::kDone : Answer::kBadArgument;
    }
    if (!arguments.AtEnd()) {
      return Answer::kBadArgument;
    }
    (app.*command.run)();
    return Answer::kDone;
  }
  return Answer::kUnknown;
}

}  // namespace app
