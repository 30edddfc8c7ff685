#include "app/count/decoding.hpp"

#include <doctest/doctest.h>

#include "decoding_vectors.hpp"

using app::Decode;
using app::Detections;

namespace {

struct Tensors {
  std::int8_t scores[app::kScoreBytes];
  std::int8_t distances[app::kDistanceBytes];
};

/// As scripts/decoding_vectors.py draws them.
Tensors Draw(const DecodingVector& vector) {
  std::uint32_t state = vector.seed;
  const auto draw = [&state] {
    state = state * 1'664'525 + 1'013'904'223;
    return static_cast<std::int32_t>(state >> 16);
  };
  Tensors tensors;
  for (std::int8_t& score : tensors.scores) {
    const std::int32_t value = draw();
    const bool set = (value & 0xFF) < static_cast<std::int32_t>(vector.density);
    score = static_cast<std::int8_t>(set ? 127 - (value >> 8) * vector.spread / 256 : -128);
  }
  for (std::int8_t& distance : tensors.distances) {
    distance = static_cast<std::int8_t>((draw() & 0xFF) - 128);
  }
  return tensors;
}

}  // namespace

TEST_CASE("the decoding gives the bits of the bench's") {
  for (const DecodingVector& vector : kDecodingVectors) {
    CAPTURE(vector.seed);
    const Tensors tensors = Draw(vector);
    const Detections found = Decode(tensors.scores, tensors.distances, vector.parameters);
    REQUIRE(found.count == vector.count);
    for (std::size_t i = 0; i < found.count; ++i) {
      CAPTURE(i);
      CHECK(found.items[i].score == vector.detections[i].score);
      CHECK(found.items[i].box.left == vector.detections[i].box.left);
      CHECK(found.items[i].box.top == vector.detections[i].box.top);
      CHECK(found.items[i].box.right == vector.detections[i].box.right);
      CHECK(found.items[i].box.bottom == vector.detections[i].box.bottom);
    }
  }
}

TEST_CASE("the vectors would show a mistake") {
  std::size_t boxes = 0;
  std::size_t full = 0;
  for (const DecodingVector& vector : kDecodingVectors) {
    boxes += vector.count;
    full += vector.count == app::kMaxPersons ? 1 : 0;
  }
  CHECK(boxes > 60);
  CHECK(full > 0);
}
