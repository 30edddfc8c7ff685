/// \file
/// The camera of the host tests answers as the bench's file of transactions says that every model
/// of it must (ARDUCAM_VECTORS; the file explains its commands).

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "app/vision/crc32.hpp"
#include "fake_camera.hpp"

namespace {

using Words = std::vector<std::string>;

Words Split(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

std::uint8_t Byte(const std::string& word) {
  return static_cast<std::uint8_t>(std::stoul(word, nullptr, 16));
}

std::string Text(std::uint8_t byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  return {kDigits[byte >> 4], kDigits[byte & 0xF]};
}

struct Case {
  std::string name;
  std::vector<std::string> lines;
};

constexpr unsigned kSide = 96;

std::vector<Case> ReadCases() {
  std::ifstream file(ARDUCAM_VECTORS);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string::npos || line[begin] == '#') {
      continue;
    }
    if (line.compare(begin, 5, "case ") == 0) {
      cases.push_back({line.substr(begin + 5), {}});
    } else {
      cases.back().lines.push_back(line);
    }
  }
  return cases;
}

/// Runs the commands of one case on a new camera.
class Runner {
 public:
  /// What the camera answered that the line does not allow; empty if all is as it says.
  std::string Wrong(const std::string& line) {
    const std::size_t arrow = line.find("->");
    const Words words = Split(line.substr(0, arrow));
    const Words expected = arrow == std::string::npos ? Words() : Split(line.substr(arrow + 2));
    const Words answer = Run(words, expected.size());
    if (arrow == std::string::npos && words[0] != "sccb") {
      return "";
    }
    bool right = answer.size() == expected.size();
    for (std::size_t i = 0; right && i < answer.size(); ++i) {
      right = expected[i] == "--" || expected[i] == answer[i];
    }
    std::string shown = line + " answered";
    for (const std::string& word : answer) {
      shown += " " + word;
    }
    return right ? "" : shown;
  }

 private:
  Words Run(const Words& words, std::size_t answers) {
    const std::string& command = words[0];
    if (command == "as") {
      return Play(words);
    }
    if (command == "burst") {
      camera_.Set(false);
      Exchange({"3C"});
      const std::string crc = Crc(Exchange(Words(std::stoul(words[1]), "00")));
      camera_.Set(true);
      return {crc};
    }
    if (command == "cs") {
      camera_.Set(words[1] == "1");
    } else if (command == "spi") {
      return Exchange(Words(words.begin() + 1, words.end()));
    } else if (command == "clock") {
      Exchange(Words(std::stoul(words[1]), "00"));
    } else if (command == "write") {
      camera_.Set(false);
      Exchange({Text(static_cast<std::uint8_t>(Byte(words[1]) | 0x80)), words[2]});
      camera_.Set(true);
    } else if (command == "read") {
      camera_.Set(false);
      const Words answer = Exchange({words[1], "00"});
      camera_.Set(true);
      return {answer[1]};
    } else if (command == "sccb") {
      return Sccb(words, answers);
    } else {
      return World(words);
    }
    return {};
  }

  /// The commands of another case, on this camera.
  Words Play(const Words& words) {
    for (const Case& one : ReadCases()) {
      if (Split(one.name) == Words(words.begin() + 1, words.end())) {
        for (const std::string& line : one.lines) {
          CHECK(Wrong(line) == "");
        }
        return {};
      }
    }
    throw std::invalid_argument("no such case");
  }

  static std::string Crc(const Words& words) {
    FakeCamera::Bytes bytes;
    for (const std::string& word : words) {
      bytes.push_back(Byte(word));
    }
    const std::uint32_t crc = app::Crc32(bytes.data(), bytes.size());
    char text[9];
    static_cast<void>(std::snprintf(text, sizeof text, "%08X", static_cast<unsigned>(crc)));
    return text;
  }

  Words World(const Words& words) {
    const std::string& command = words[0];
    if (command == "wait") {
      clock_.now_us += std::stoul(words[1]);
      camera_.CatchUp();
    } else if (command == "scl") {
      for (unsigned i = 0; i < std::stoul(words[1]); ++i) {
        camera_.ClockScl();
      }
    } else if (command == "sda") {
      return {camera_.held_clocks == 0 ? "1" : "0"};
    } else if (command == "feed") {
      camera_.Feed(FrameOf(words), words[1]);
    } else if (command == "queued") {
      return {std::to_string(camera_.Queued())};
    } else if (command == "captured") {
      return camera_.captured;
    } else if (command == "diagnosed") {
      return Split(camera_.diagnosis);
    } else if (command == "fault" && words.size() == 3) {
      camera_.SetFault(words[1], static_cast<std::uint32_t>(std::stoul(words[2])));
    } else if (command == "fault") {
      camera_.SetFault(words[1]);
    } else if (command == "clear") {
      camera_.ClearFaults();
    } else if (command == "reset") {
      camera_.Reset(words[1] == "cold");
    } else {
      throw std::invalid_argument("no such command: " + command);
    }
    return {};
  }

  static FakeCamera::Bytes FrameOf(const Words& words) {
    FakeCamera::Bytes frame;
    if (words[2] == "ramp") {
      for (std::size_t i = 0; i < std::stoul(words[3]); ++i) {
        frame.push_back(static_cast<std::uint8_t>(i + i / 256));
      }
    } else if (words[2] == "picture") {
      for (unsigned i = 0; i < kSide * kSide; ++i) {
        const unsigned x = i % kSide;
        const unsigned y = i / kSide;
        const unsigned value = x / 3 << 11 | 2 * y / 3 << 5 | (kSide - 1 - y) / 3;
        frame.push_back(static_cast<std::uint8_t>(value >> 8));
        frame.push_back(static_cast<std::uint8_t>(value));
      }
    } else {
      for (std::size_t i = 2; i < words.size(); ++i) {
        frame.push_back(Byte(words[i]));
      }
    }
    return frame;
  }

  Words Exchange(const Words& sent) {
    Words answer;
    for (const std::string& word : sent) {
      const std::uint8_t out = Byte(word);
      std::uint8_t in = 0;
      static_cast<void>(camera_.Transfer(&out, &in, 1));
      answer.push_back(Text(in));
    }
    return answer;
  }

  /// The drivers' bus ends each transfer with STOP, so `restart` is as `read` here.
  Words Sccb(const Words& words, std::size_t answers) {
    FakeCamera::Bytes data;
    for (std::size_t i = 2; i < words.size(); ++i) {
      data.push_back(Byte(words[i]));
    }
    if (words[1] != "current" &&
        camera_.Write(FakeOv2640::kAddress, data.data(), data.size()) != Status::kOk) {
      return {"nack"};
    }
    Words answer;
    for (std::size_t i = 0; words[1] != "write" && i < answers; ++i) {
      std::uint8_t byte = 0;
      const bool read = camera_.Read(FakeOv2640::kAddress, byte) == Status::kOk;
      answer.push_back(read ? Text(byte) : "nack");
    }
    return answer;
  }

  FakeClock clock_;
  FakeCamera camera_{clock_};
};

}  // namespace

TEST_CASE("the fake camera obeys the bench's transactions") {
  const std::vector<Case> cases = ReadCases();
  CHECK(cases.size() > 50);
  for (const Case& one : cases) {
    CAPTURE(one.name);
    Runner runner;
    for (const std::string& line : one.lines) {
      CHECK(runner.Wrong(line) == "");
    }
  }
}

TEST_CASE("a wrong answer would be seen") {
  Runner runner;
  CHECK(runner.Wrong("read 40 -> 73") == "");
  CHECK(runner.Wrong("read 40 -> 74") == "read 40 -> 74 answered 73");
  CHECK(runner.Wrong("sccb write FF 01 -> nack") != "");
  CHECK(runner.Wrong("captured -> one") != "");
  CHECK_THROWS_AS(runner.Wrong("fault no_such_fault"), std::invalid_argument);
}
