#include "app/count/tracker.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <utility>

using app::Box;
using app::Detections;
using app::Direction;
using app::Tracker;

namespace {

/// A person of 10 x 30 pixels with its middle there.
Box Person(int x, int y = 48) {
  constexpr int kUnit = app::kSubpixels;
  return {(x - 5) * kUnit, (y - 15) * kUnit, (x + 5) * kUnit, (y + 15) * kUnit};
}

Detections Seen(std::initializer_list<Box> boxes) {
  Detections detections;
  for (const Box& box : boxes) {
    detections.items[detections.count++] = {100, box};
  }
  return detections;
}

}  // namespace

TEST_CASE("an identity comes with the second frame and stays") {
  Tracker tracker;
  CHECK(tracker.Update(Seen({Person(10)})).identities[0] == 0);
  for (int x = 14; x < 90; x += 4) {
    CHECK(tracker.Update(Seen({Person(x)})).identities[0] == 1);
  }
}

TEST_CASE("what is seen only once never gets an identity") {
  Tracker tracker;
  tracker.Update(Seen({Person(10)}));
  tracker.Update(Seen({}));
  CHECK(tracker.Update(Seen({Person(12)})).identities[0] == 0);
}

TEST_CASE("who is hidden for a while is known again, at the place walked to") {
  Tracker tracker;
  for (int x = 10; x <= 30; x += 4) {
    tracker.Update(Seen({Person(x)}));
  }
  for (std::uint32_t frame = 0; frame < Tracker::kMaxMissed; ++frame) {
    tracker.Update(Seen({}));
  }
  CHECK(tracker.Update(Seen({Person(54)})).identities[0] == 1);
}

TEST_CASE("who is hidden for longer is forgotten") {
  Tracker tracker;
  tracker.Update(Seen({Person(40)}));
  tracker.Update(Seen({Person(40)}));
  for (std::uint32_t frame = 0; frame <= Tracker::kMaxMissed; ++frame) {
    tracker.Update(Seen({}));
  }
  CHECK(tracker.Update(Seen({Person(40)})).identities[0] == 0);
  CHECK(tracker.Update(Seen({Person(40)})).identities[0] == 2);
}

TEST_CASE("two who pass each other keep their identities") {
  Tracker tracker;
  for (int step = 0; step <= 16; ++step) {
    const Box right = Person(16 + 4 * step, 46);
    const Box left = Person(80 - 4 * step, 50);
    const Tracker::Answer answer =
        tracker.Update(step % 2 == 0 ? Seen({right, left}) : Seen({left, right}));
    if (step > 0) {
      CHECK(answer.identities[1 - step % 2] == 1);  // the left one was listed first in frame 1
      CHECK(answer.identities[step % 2] == 2);
    }
  }
}

namespace {

/// A person in clothes of one colour.
app::Detection Dressed(int x, std::int32_t colour) {
  app::Detection person = {100, Person(x)};
  for (std::int32_t& one : person.clothes.colours) {
    one = colour;
  }
  return person;
}

/// Two stand on both sides of the line, are one box for a frame, and part again: who is then on the
/// left wears `left`, the other `right`. How often the line was crossed.
std::size_t Parted(std::int32_t left, std::int32_t right) {
  constexpr std::int32_t kRed = 90;
  constexpr std::int32_t kBlue = -90;
  Tracker tracker;
  const auto show = [&tracker](std::initializer_list<app::Detection> persons) {
    Detections detections;
    for (const app::Detection& person : persons) {
      detections.items[detections.count++] = person;
    }
    return tracker.Update(detections).crossings_count;
  };
  std::size_t crossings = 0;
  for (int frame = 0; frame < 6; ++frame) {
    crossings += show({Dressed(43, kRed), Dressed(53, kBlue)});
  }
  crossings += show({Dressed(48, kRed)});
  for (int step = 0; step < 4; ++step) {
    crossings += show({Dressed(44 - 3 * step, left), Dressed(52 + 3 * step, right)});
  }
  return crossings;
}

}  // namespace

TEST_CASE("who meet on the line and part have passed or turned, as their clothes say") {
  CHECK(Parted(-90, 90) == 2);
  CHECK(Parted(90, -90) == 0);
}

TEST_CASE("a far away person is another person") {
  Tracker tracker;
  tracker.Update(Seen({Person(20)}));
  tracker.Update(Seen({Person(20)}));
  CHECK(tracker.Update(Seen({Person(70)})).identities[0] == 0);
}

TEST_CASE("crossings are counted in both directions, once each") {
  Tracker tracker;
  std::size_t crossings = 0;
  for (int x = 20; x <= 76; x += 4) {
    const Tracker::Answer answer = tracker.Update(Seen({Person(x)}));
    if (answer.crossings_count != 0) {
      ++crossings;
      CHECK(answer.crossings[0].identity == 1);
      CHECK(answer.crossings[0].direction == Direction::kLeftToRight);
    }
  }
  CHECK(crossings == 1);
  for (int x = 72; x >= 20; x -= 4) {
    tracker.Update(Seen({Person(x)}));
  }
  CHECK(tracker.LeftToRight() == 1);
  CHECK(tracker.RightToLeft() == 1);
}

TEST_CASE("who sways on the line does not cross it") {
  Tracker tracker;
  for (int frame = 0; frame < 20; ++frame) {
    tracker.Update(Seen({Person(47 + frame % 3)}));
  }
  CHECK(tracker.LeftToRight() + tracker.RightToLeft() == 0);
}

TEST_CASE("who was hidden while crossing has crossed") {
  Tracker tracker;
  for (int x = 28; x <= 44; x += 4) {
    tracker.Update(Seen({Person(x)}));
  }
  tracker.Update(Seen({}));
  tracker.Update(Seen({}));
  CHECK(tracker.Update(Seen({Person(56)})).crossings_count == 1);
}

TEST_CASE("a box that jumps over the line for one frame is no crossing and nobody new") {
  // A person of 16 x 44 pixels at 42, or nearly on the line, who is seen 11 or 5 pixels away once.
  constexpr int kUnit = app::kSubpixels;
  const auto at = [](int left_halves) {
    return Box{left_halves * kUnit / 2, 28 * kUnit, (left_halves + 32) * kUnit / 2, 72 * kUnit};
  };
  for (const auto& [place, jump] : {std::pair{68, 90}, std::pair{75, 85}}) {
    Tracker tracker;
    for (int frame = 0; frame < 13; ++frame) {
      const Tracker::Answer answer = tracker.Update(Seen({at(frame == 6 ? jump : place)}));
      CHECK(answer.crossings_count == 0);
      CHECK(answer.identities[0] == (frame == 0 ? 0 : 1));
    }
  }
}

TEST_CASE("who stands beside the line and then crosses it at once has, in the second frame") {
  Tracker tracker;
  for (const int x : {44, 44, 44, 52}) {
    CHECK(tracker.Update(Seen({Person(x)})).crossings_count == 0);
  }
  CHECK(tracker.Update(Seen({Person(53)})).crossings_count == 1);
  CHECK(tracker.LeftToRight() == 1);
}

TEST_CASE("another line begins anew: nobody has been on a side of it") {
  Tracker tracker;
  tracker.Update(Seen({Person(20)}));
  tracker.Update(Seen({Person(20)}));
  tracker.SetLine({160, 1536}, {160, 0});  // now left of the person
  CHECK(tracker.Update(Seen({Person(20)})).crossings_count == 0);
  CHECK(tracker.Update(Seen({Person(16)})).crossings_count == 0);
  CHECK(tracker.Update(Seen({Person(6)})).crossings_count == 0);  // a box that jumped?
  CHECK(tracker.Update(Seen({Person(5)})).crossings_count == 1);
  CHECK(tracker.RightToLeft() == 1);
}

TEST_CASE("reset forgets persons, crossings and numbers") {
  Tracker tracker;
  for (int x = 36; x <= 60; x += 4) {
    tracker.Update(Seen({Person(x)}));
  }
  tracker.Reset();
  CHECK(tracker.LeftToRight() == 0);
  CHECK(tracker.Update(Seen({Person(60)})).identities[0] == 0);
  CHECK(tracker.Update(Seen({Person(60)})).identities[0] == 1);
}

TEST_CASE("more persons than there is room for do no harm") {
  Tracker tracker;
  for (int frame = 0; frame < 40; ++frame) {
    Detections detections;
    for (std::size_t i = 0; i < app::kMaxPersons; ++i) {
      const int x = 5 + 11 * static_cast<int>(i % 8);
      const int y = (frame % 2 == 0 ? 16 : 64) + 16 * static_cast<int>(i / 8);
      detections.items[detections.count++] = {0, Person(x, y)};
    }
    tracker.Update(detections);
  }
}

TEST_CASE("the same frames give the same answers") {
  Tracker first;
  Tracker second;
  for (int frame = 0; frame < 30; ++frame) {
    const Detections seen =
        Seen({Person(10 + frame * 2), Person(80 - frame * 2, 52), Person(48, 20 + frame)});
    const Tracker::Answer a = first.Update(seen);
    const Tracker::Answer b = second.Update(seen);
    for (std::size_t i = 0; i < seen.count; ++i) {
      CHECK(a.identities[i] == b.identities[i]);
    }
  }
}
