/// \file
/// From the people counter's output tensors to boxes. The contract is rtbench/tflite/decoding.py,
/// which gives the same bits; the numbers of its steps stand in the comments of decoding.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/count/box.hpp"
#include "app/count/clothes.hpp"

namespace app {

constexpr std::int32_t kGrid = 24;   // cells in a row, and rows
constexpr std::int32_t kStride = 4;  // pixels of a cell
constexpr std::int32_t kPicturePixels = kGrid * kStride;
constexpr std::int32_t kPictureEdge = kPicturePixels * kSubpixels;
constexpr std::int32_t kOverlap256 = 141;  // a larger share in common is the same person
constexpr std::size_t kMaxCandidates = 64;
constexpr std::size_t kMaxPersons = 16;
constexpr std::size_t kScoreBytes = kGrid * kGrid;
constexpr std::size_t kDistanceBytes = 4 * kGrid * kGrid;

/// Up to this the arithmetic stays within 32 bits.
constexpr std::int32_t kMaxDistanceMultiplier = 8'421'375;

/// What depends on the model.
struct DecodingParameters {
  std::int32_t threshold;            // the least score that counts
  std::int32_t distance_multiplier;  // steps to sixteenths of a pixel, times 2^16
  std::int32_t distance_zero_point;
};

struct Detection {
  std::int32_t score;  // int8; the probability is (score + 128) / 256
  Box box;
  Clothes clothes = {};  // who decodes leaves them to who has the frame
};

struct Detections {
  std::size_t count = 0;
  Detection items[kMaxPersons] = {};  // the surest first
};

/// `scores`: kScoreBytes, `distances`: kDistanceBytes, left, top, right, bottom of each cell.
Detections Decode(const std::int8_t* scores, const std::int8_t* distances,
                  const DecodingParameters& parameters);

}  // namespace app
