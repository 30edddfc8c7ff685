#include "app/vision/frame_receiver.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "app/vision/crc32.hpp"
#include "app/vision/record_line.hpp"

using app::FrameReceiver;
using Result = FrameReceiver::Result;

namespace {

constexpr std::uint16_t kWidth = 4;
constexpr std::uint16_t kHeight = 3;
constexpr std::size_t kPixelBytes = 2 * kWidth * kHeight;

using Bytes = std::vector<std::uint8_t>;

/// The line of a record, from its mark on.
Bytes LineOf(const Bytes& record) {
  Bytes line(app::RecordLineBytes(record.size()));
  app::RecordLineWriter writer(line.data());
  writer.Put(record.data(), record.size());
  line.resize(writer.Finish());
  line.erase(line.begin());
  return line;
}

Bytes Pixels() {
  Bytes pixels;
  for (std::size_t i = 0; i < kPixelBytes; ++i) {
    pixels.push_back(static_cast<std::uint8_t>(7 * i + 1));
  }
  return pixels;
}

/// A record up to its CRC, typed from the table in docs/protocol.md.
Bytes Body(const std::string& label = "dog") {
  Bytes record = {1, 1, static_cast<std::uint8_t>(label.size()), 0};
  record.insert(record.end(), {0, 0, 0, 0});           // boot id
  record.insert(record.end(), {0x78, 0x56, 0x34, 0});  // sequence
  record.insert(record.end(), {0xE8, 3, 0, 0});        // time
  record.insert(record.end(), {kWidth, 0, kHeight, 0});
  record.insert(record.end(), {kPixelBytes, 0, 0, 0});
  record.insert(record.end(), label.begin(), label.end());
  const Bytes pixels = Pixels();
  record.insert(record.end(), pixels.begin(), pixels.end());
  return record;
}

Bytes WithCrc(Bytes record) {
  const std::uint32_t crc = app::Crc32(record.data(), record.size());
  for (unsigned shift = 0; shift < 32; shift += 8) {
    record.push_back(static_cast<std::uint8_t>(crc >> shift));
  }
  return record;
}

/// A receiver and the place of its frames.
struct Rig {
  FrameReceiver receiver{kWidth, kHeight};
  std::uint8_t place[kPixelBytes] = {};
  std::uint32_t now_ms = 0;
  unsigned failures = 0;

  void Begin() { receiver.Begin(place, now_ms); }

  Result Take(std::uint8_t byte) {
    const Result result = receiver.Take(byte, now_ms);
    failures += result == Result::kFailed ? 1 : 0;
    return result;
  }

  /// Bytes as they are on the line; what the last of them gave.
  Result Type(const Bytes& line) {
    Result result = Result::kMore;
    for (const std::uint8_t byte : line) {
      result = Take(byte);
    }
    return result;
  }

  Result Send(const Bytes& record) { return Type(LineOf(record)); }
};

}  // namespace

TEST_CASE("a whole record is a frame") {
  Rig rig;
  rig.Begin();
  CHECK(rig.Send(WithCrc(Body())) == Result::kReceived);
  CHECK(rig.failures == 0);
  CHECK(rig.receiver.Record().sequence == 0x345678);
  CHECK(rig.receiver.Record().time_ms == 1000);
  CHECK(rig.receiver.Label() == "dog");
  CHECK(std::memcmp(rig.place, Pixels().data(), kPixelBytes) == 0);
}

TEST_CASE("a label may be empty or 32 bytes long") {
  for (const std::string& label : {std::string(), std::string(32, 'x')}) {
    Rig rig;
    rig.Begin();
    CHECK(rig.Send(WithCrc(Body(label))) == Result::kReceived);
    CHECK(rig.receiver.Label() == label);
  }
  Rig rig;
  rig.Begin();
  CHECK(rig.Send(WithCrc(Body(std::string(33, 'x')))) == Result::kMore);
  CHECK(rig.receiver.Code() == "frame_invalid");
  CHECK(rig.failures == 1);
}

TEST_CASE("every flipped bit is found, told once, and the next frame is whole again") {
  Bytes record = WithCrc(Body());
  Rig rig;
  for (std::size_t bit = 0; bit < 8 * record.size(); ++bit) {
    CAPTURE(bit);
    record[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    rig.failures = 0;
    rig.Begin();
    CHECK(rig.Send(record) != Result::kReceived);
    CHECK(rig.failures == 1);
    record[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  rig.Begin();
  CHECK(rig.Send(record) == Result::kReceived);
}

TEST_CASE("every length but the right one is refused") {
  const Bytes record = WithCrc(Body());
  for (std::size_t size = 0; size < record.size(); ++size) {
    CAPTURE(size);
    Rig rig;
    rig.Begin();
    CHECK(rig.Send(Bytes(record.begin(), record.begin() + size)) == Result::kFailed);
    CHECK(rig.receiver.Code() == "frame_length");
  }
  Bytes longer = record;
  longer.push_back(0);
  Rig rig;
  rig.Begin();
  static_cast<void>(rig.Send(longer));
  CHECK(rig.failures == 1);
  CHECK(rig.receiver.Code() == "frame_length");
}

TEST_CASE("another version, format or size is refused at the head") {
  for (const std::size_t at : {0, 1, 16, 18, 20}) {
    CAPTURE(at);
    Bytes body = Body();
    ++body[at];
    Rig rig;
    rig.Begin();
    static_cast<void>(rig.Send(WithCrc(body)));
    CHECK(rig.receiver.Code() == "frame_invalid");
    CHECK(rig.failures == 1);
    CHECK(rig.place[0] == 0);
  }
}

TEST_CASE("a label must be text") {
  Rig rig;
  rig.Begin();
  static_cast<void>(rig.Send(WithCrc(Body("a\nb"))));
  CHECK(rig.receiver.Code() == "frame_invalid");
}

TEST_CASE("every flipped bit of the line is found, told once, and the next frame is whole again") {
  const Bytes record = WithCrc(Body());
  Bytes line = LineOf(record);
  Rig rig;
  for (std::size_t bit = 8; bit < 8 * (line.size() - 1); ++bit) {
    CAPTURE(bit);
    line[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const auto false_end = std::find(line.begin(), line.end() - 1, '\n');
    rig.failures = 0;
    rig.Begin();
    CHECK(rig.Type(Bytes(line.begin(), false_end + 1)) != Result::kReceived);
    CHECK(rig.failures == 1);
    CHECK(!rig.receiver.IsWithinLine());
    line[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  rig.Begin();
  CHECK(rig.Type(line) == Result::kReceived);
}

TEST_CASE("a line that loses any byte, or has one more, is no frame") {
  const Bytes line = LineOf(WithCrc(Body()));
  for (std::size_t at = 1; at < line.size() - 1; ++at) {
    CAPTURE(at);
    for (const bool more : {false, true}) {
      Bytes other = line;
      if (more) {
        other.insert(other.begin() + static_cast<std::ptrdiff_t>(at), 0x55);
      } else {
        other.erase(other.begin() + static_cast<std::ptrdiff_t>(at));
      }
      Rig rig;
      rig.Begin();
      CHECK(rig.Type(other) != Result::kReceived);
      CHECK(rig.failures == 1);
    }
  }
}

TEST_CASE("a record without a frame is one error, each") {
  Rig rig;
  CHECK(rig.Take(app::kRecordMark) == Result::kFailed);
  CHECK(rig.receiver.Code() == "frame_unexpected");
  const Bytes line = LineOf(WithCrc(Body()));
  CHECK(rig.Type(Bytes(line.begin() + 1, line.end())) == Result::kMore);
  CHECK(rig.failures == 1);
  CHECK(rig.Type(line) == Result::kMore);
  CHECK(rig.failures == 2);
  CHECK(rig.place[0] == 0);
}

TEST_CASE("a frame can be aborted, and its record is nobody's") {
  Rig rig;
  CHECK(!rig.receiver.Abort());
  rig.Begin();
  CHECK(rig.receiver.IsExpecting());
  CHECK(rig.receiver.Abort());
  CHECK(rig.receiver.IsIgnoring());
  CHECK(rig.Send(WithCrc(Body())) == Result::kMore);
  CHECK(rig.failures == 0);
  CHECK(!rig.receiver.Abort());
}

TEST_CASE("silence ends a frame once") {
  Rig rig;
  CHECK(!rig.receiver.Expired(5000));
  rig.now_ms = 0xFFFF'FF00;  // the clock may turn over
  rig.Begin();
  CHECK(!rig.receiver.Expired(rig.now_ms + 1999));
  rig.now_ms += 1999;
  CHECK(rig.Type({app::kRecordMark, 3, 4}) == Result::kMore);
  CHECK(rig.receiver.IsWithinLine());
  CHECK(!rig.receiver.Expired(rig.now_ms + 1999));
  CHECK(rig.receiver.Expired(rig.now_ms + 2000));
  CHECK(!rig.receiver.IsWithinLine());
  CHECK(!rig.receiver.Expired(rig.now_ms + 9000));
}

TEST_CASE("a line that is cut off keeps no command waiting, whoever it was for") {
  Rig rig;
  rig.receiver.Ignore();
  CHECK(rig.Type({app::kRecordMark, 3, 4}) == Result::kMore);
  CHECK(rig.receiver.IsWithinLine());
  CHECK(!rig.receiver.Expired(2000));
  CHECK(!rig.receiver.IsWithinLine());
}

TEST_CASE("one record may be told to be nobody's") {
  Rig rig;
  rig.receiver.Ignore();
  CHECK(rig.Send(WithCrc(Body())) == Result::kMore);
  CHECK(rig.failures == 0);
  CHECK(rig.Send(WithCrc(Body())) == Result::kMore);
  CHECK(rig.receiver.Code() == "frame_unexpected");
}

TEST_CASE("what follows a false end is passed over, and what follows a whole record is not") {
  Rig rig;
  rig.Begin();
  CHECK(rig.Type({app::kRecordMark, 3, 4, '\n'}) == Result::kFailed);
  CHECK(rig.receiver.IsIgnoring());
  Bytes record = WithCrc(Body());
  record.back() ^= 1;
  rig.Begin();
  CHECK(rig.Send(record) == Result::kFailed);
  CHECK(rig.receiver.Code() == "frame_crc");
  CHECK(!rig.receiver.IsIgnoring());
}
