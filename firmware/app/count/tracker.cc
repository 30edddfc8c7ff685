#include "app/count/tracker.hpp"

#include <algorithm>
#include <cstdlib>

namespace app {

namespace {

constexpr std::int32_t kNoMatch = INT32_MAX;
// Who meet and part again may have passed or turned: their ways say nothing, their clothes do. A
// colour that is 8 levels off in each half weighs as much as 2 pixels of way.
constexpr std::int32_t kClothesWeight = 4;
constexpr std::int32_t kReach = 4 * kSubpixels;  // what a person may move beyond its own size

Point Sum(Point point, Point velocity, std::int32_t frames) {
  return {point.x + velocity.x * frames, point.y + velocity.y * frames};
}

/// Whether a person may have come from the one place to the other.
bool IsWithinReach(const Box& last, const Box& seen, Point from, Point to) {
  return std::abs(to.x - from.x) <= std::max(last.Width(), seen.Width()) * 3 / 4 + kReach &&
         std::abs(to.y - from.y) <= std::max(last.Height(), seen.Height()) / 3 + kReach;
}

/// How far a detection is from where a person is expected; kNoMatch if it cannot be that person.
/// One box that jumped makes a wrong velocity: who is where it was seen last is not lost by it.
std::int32_t Cost(const Box& last, Point expected, const Box& seen) {
  const Point middle = seen.Middle();
  if (!IsWithinReach(last, seen, expected, middle) &&
      !IsWithinReach(last, seen, last.Middle(), middle)) {
    return kNoMatch;
  }
  const std::int32_t across = std::abs(middle.x - expected.x);
  const std::int32_t down = std::abs(middle.y - expected.y);
  const std::int32_t taller = std::max(last.Height(), seen.Height());
  const std::int32_t smaller = std::min(last.Height(), seen.Height());
  if (taller > 2 * smaller + kReach) {
    return kNoMatch;
  }
  const std::int32_t growth = (taller - smaller) / 2;
  return across * across + down * down + growth * growth;
}

}  // namespace

Tracker::Answer Tracker::Update(const Detections& detections) {
  Track* owners[kMaxPersons] = {};
  // Who has an identity chooses first.
  Match(detections, true, owners);
  Match(detections, false, owners);
  ForgetLost(owners, detections.count);
  Answer answer;
  for (std::size_t i = 0; i < detections.count; ++i) {
    const Detection& seen = detections.items[i];
    if (owners[i] == nullptr) {
      Begin(seen, owners[i]);
    } else {
      Follow(*owners[i], seen);
    }
  }
  for (std::size_t i = 0; i < detections.count; ++i) {
    if (owners[i] != nullptr) {
      Watch(*owners[i], answer);
      answer.identities[i] = owners[i]->identity;
    }
  }
  return answer;
}

/// Gives detections to persons, the nearest pair first, of equals the first.
void Tracker::Match(const Detections& detections, bool confirmed, Track* (&owners)[kMaxPersons]) {
  bool taken[kCapacity] = {};
  for (;;) {
    std::int32_t least = kNoMatch;
    std::size_t track = 0;
    std::size_t detection = 0;
    for (std::size_t t = 0; t < kCapacity; ++t) {
      if (!tracks_[t].used || taken[t] || (tracks_[t].identity != 0) != confirmed) {
        continue;
      }
      const auto frames = static_cast<std::int32_t>(tracks_[t].missed + 1);
      const Point expected = Sum(tracks_[t].box.Middle(), tracks_[t].velocity, frames);
      for (std::size_t d = 0; d < detections.count; ++d) {
        if (owners[d] != nullptr) {
          continue;
        }
        const Detection& seen = detections.items[d];
        const std::int32_t way = Cost(tracks_[t].box, expected, seen.box);
        if (way == kNoMatch) {
          continue;
        }
        const std::int32_t cost =
            way + kClothesWeight * tracks_[t].clothes.DistanceTo(seen.clothes);
        if (cost < least) {
          least = cost;
          track = t;
          detection = d;
        }
      }
    }
    if (least == kNoMatch) {
      return;
    }
    taken[track] = true;
    owners[detection] = &tracks_[track];
  }
}

void Tracker::Follow(Track& track, const Detection& seen) {
  const auto frames = static_cast<std::int32_t>(track.missed + 1);
  const Point before = track.box.Middle();
  const Point now = seen.box.Middle();
  const Point moved = {(now.x - before.x) / frames, (now.y - before.y) / frames};
  track.heads_for = Sum(before, track.velocity, frames + 1);
  if (track.hits == 1) {
    track.velocity = moved;
  } else {
    track.velocity = {(track.velocity.x + moved.x) / 2, (track.velocity.y + moved.y) / 2};
  }
  track.box = seen.box;
  track.clothes.Blend(seen.clothes);
  track.missed = 0;
  if (track.hits < kConfirmHits) {
    ++track.hits;
  }
  if (track.hits == kConfirmHits && track.identity == 0) {
    track.identity = ++identities_;
  }
}

/// `owner` stays empty when there is no room.
void Tracker::Begin(const Detection& seen, Track*& owner) {
  for (Track& track : tracks_) {
    if (!track.used) {
      track = Track();
      track.used = true;
      track.hits = 1;
      track.box = seen.box;
      track.clothes = seen.clothes;
      owner = &track;
      return;
    }
  }
}

/// Crossings of who was seen in this frame. Who was heading for the line has crossed it; who was
/// not, only once seen beyond it in a second frame: a single box that jumps over it and back is no
/// crossing.
void Tracker::Watch(Track& track, Answer& answer) {
  const Point now = track.box.Middle();
  const Side side = line_.SideOf(now);
  if (side == Side::kUnknown) {
    return;
  }
  if (side == track.side) {
    track.on_side = now;
    track.frames_beyond = 0;
    return;
  }
  if (track.side != Side::kUnknown && ++track.frames_beyond < kCrossFrames &&
      line_.SideOf(track.heads_for) == track.side) {
    return;
  }
  const Side before = track.side;
  const Point from = track.on_side;
  track.side = side;
  track.on_side = now;
  track.frames_beyond = 0;
  if (before == Side::kUnknown || track.identity == 0 || !line_.IsCrossedBy(from, now)) {
    return;
  }
  const bool to_right = side == Side::kRight;
  ++(to_right ? left_to_right_ : right_to_left_);
  answer.crossings[answer.crossings_count++] = {
      track.identity, to_right ? Direction::kLeftToRight : Direction::kRightToLeft};
}

/// Who has no identity yet must be seen in each frame.
void Tracker::ForgetLost(Track* const (&owners)[kMaxPersons], std::size_t count) {
  for (Track& track : tracks_) {
    if (!track.used || std::find(owners, owners + count, &track) != owners + count) {
      continue;
    }
    ++track.missed;
    if (track.identity == 0 || track.missed > kMaxMissed) {
      track.used = false;
    }
  }
}

void Tracker::SetLine(Point from, Point to) {
  line_ = CountingLine(from, to);
  for (Track& track : tracks_) {
    track.side = Side::kUnknown;
    track.frames_beyond = 0;
  }
}

void Tracker::Reset() {
  for (Track& track : tracks_) {
    track.used = false;
  }
  identities_ = 0;
  left_to_right_ = 0;
  right_to_left_ = 0;
}

}  // namespace app
