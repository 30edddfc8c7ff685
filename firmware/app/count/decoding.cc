#include "app/count/decoding.hpp"

#include <algorithm>

namespace app {

namespace {

constexpr std::int32_t kFractionBits = 16;

struct Candidate {
  std::int32_t score;
  std::int32_t row;
  std::int32_t column;
};

struct Candidates {
  std::size_t count = 0;
  Candidate items[kMaxCandidates];
};

/// Step 1: no neighbour is greater, and none that comes earlier is equal.
bool IsPeak(const std::int8_t* scores, std::int32_t row, std::int32_t column) {
  const std::int32_t own = scores[row * kGrid + column];
  for (std::int32_t y = std::max<std::int32_t>(row - 1, 0); y <= std::min(row + 1, kGrid - 1);
       ++y) {
    for (std::int32_t x = std::max<std::int32_t>(column - 1, 0);
         x <= std::min(column + 1, kGrid - 1); ++x) {
      const std::int32_t place = y * kGrid + x - (row * kGrid + column);
      const std::int32_t other = scores[y * kGrid + x];
      if (other > own || (other == own && place < 0)) {
        return false;
      }
    }
  }
  return true;
}

/// Step 2: behind all that are as sure, as those came earlier; the least sure falls off the end.
void Insert(Candidates& candidates, const Candidate& candidate) {
  std::size_t place = candidates.count;
  while (place > 0 && candidates.items[place - 1].score < candidate.score) {
    --place;
  }
  if (place == kMaxCandidates) {
    return;
  }
  candidates.count = std::min(candidates.count + 1, kMaxCandidates);
  for (std::size_t i = candidates.count - 1; i > place; --i) {
    candidates.items[i] = candidates.items[i - 1];
  }
  candidates.items[place] = candidate;
}

/// Step 3.
std::int32_t Distance(std::int8_t steps, const DecodingParameters& parameters) {
  const std::int32_t scaled =
      (steps - parameters.distance_zero_point) * parameters.distance_multiplier +
      (1 << (kFractionBits - 1));
  return scaled < 0 ? 0 : scaled >> kFractionBits;
}

/// Step 4.
Box BoxOf(const Candidate& candidate, const std::int8_t* distances,
          const DecodingParameters& parameters) {
  const std::int8_t* own = distances + 4 * (candidate.row * kGrid + candidate.column);
  const std::int32_t x = (candidate.column * kStride + kStride / 2) * kSubpixels;
  const std::int32_t y = (candidate.row * kStride + kStride / 2) * kSubpixels;
  return {std::max<std::int32_t>(0, x - Distance(own[0], parameters)),
          std::max<std::int32_t>(0, y - Distance(own[1], parameters)),
          std::min(kPictureEdge, x + Distance(own[2], parameters)),
          std::min(kPictureEdge, y + Distance(own[3], parameters))};
}

/// Of step 5.
bool AreSamePerson(const Box& a, const Box& b) {
  const std::int32_t wide = std::min(a.right, b.right) - std::max(a.left, b.left);
  const std::int32_t high = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (wide <= 0 || high <= 0) {
    return false;
  }
  const std::int32_t shared = wide * high;
  const std::int32_t all = a.Width() * a.Height() + b.Width() * b.Height() - shared;
  return shared * 256 > kOverlap256 * all;
}

bool IsKnown(const Detections& kept, const Box& box) {
  for (std::size_t i = 0; i < kept.count; ++i) {
    if (AreSamePerson(box, kept.items[i].box)) {
      return true;
    }
  }
  return false;
}

}  // namespace

Detections Decode(const std::int8_t* scores, const std::int8_t* distances,
                  const DecodingParameters& parameters) {
  Candidates candidates;
  for (std::int32_t row = 0; row < kGrid; ++row) {
    for (std::int32_t column = 0; column < kGrid; ++column) {
      const std::int32_t score = scores[row * kGrid + column];
      if (score >= parameters.threshold && IsPeak(scores, row, column)) {
        Insert(candidates, {score, row, column});
      }
    }
  }
  Detections kept;
  for (std::size_t i = 0; i < candidates.count && kept.count < kMaxPersons; ++i) {
    const Box box = BoxOf(candidates.items[i], distances, parameters);
    if (box.Width() > 0 && box.Height() > 0 && !IsKnown(kept, box)) {
      kept.items[kept.count++] = {candidates.items[i].score, box};
    }
  }
  return kept;
}

}  // namespace app
