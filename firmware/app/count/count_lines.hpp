/// \file
/// The keys of the counter's events. A box is [left, top, right, bottom, score, identity]: edges in
/// sixteenths of a pixel, the int8 score, and 0 for a person without an identity yet.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/console/json_line.hpp"
#include "app/count/decoding.hpp"
#include "app/count/tracker.hpp"

namespace app {

/// More do not fit into one line whatever their numbers are.
constexpr std::size_t kBoxesPerLine = 8;

/// `"boxes":[...]`, from box number `first` on.
void AddBoxes(JsonLine& line, const Detections& detections, const Tracker::Answer& tracked,
              std::size_t first);
/// Who crossed the line and in which direction, and all crossings so far.
void AddCrossing(JsonLine& line, const Crossing& crossing, const Tracker& tracker);
/// The crossings so far.
void AddTotals(JsonLine& line, const Tracker& tracker);

}  // namespace app
