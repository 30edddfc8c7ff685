#include "app/count/counter.hpp"

#include "app/console/events.hpp"
#include "app/count/count_lines.hpp"
#include "app/count/line_request.hpp"
#include "app/vision/crc32.hpp"
#include "app/vision/inference.hpp"
#include "model_data.hpp"
#include "model_decoding.hpp"

extern "C" {
/// Where the last frame's output tensors are, scores and distances, for who looks from outside:
/// they are too long for the console.
[[gnu::used]] const std::int8_t* g_output_tensors[2];
}

namespace app {

static_assert(model::kGrid == kGrid && model::kStride == kStride, "the model's cells are ours");
static_assert(model::kPicturePixels == kPicturePixels, "they cover the picture");
static_assert(model::kSubpixels == kSubpixels, "its boxes have our unit");
static_assert(model::kOverlap256 == kOverlap256);
static_assert(model::kDistanceMultiplier <= kMaxDistanceMultiplier, "distances fit 32 bits");
static_assert(model::kMaximumCandidates == kMaxCandidates);
static_assert(model::kMaximumPersons == kMaxPersons);

namespace {

constexpr DecodingParameters kParameters = {model::kScoreThreshold, model::kDistanceMultiplier,
                                            model::kDistanceZeroPoint};
constexpr std::size_t kScores = model::kScoresOutput;
constexpr std::size_t kDistances = model::kDistancesOutput;

constexpr inference::OutputSizes Sizes() {
  inference::OutputSizes sizes = {2, {}};
  sizes.bytes[kScores] = kScoreBytes;
  sizes.bytes[kDistances] = kDistanceBytes;
  return sizes;
}

std::uint32_t OutputCrc32() {
  const auto* scores = reinterpret_cast<const std::uint8_t*>(inference::Output(kScores));
  const auto* distances = reinterpret_cast<const std::uint8_t*>(inference::Output(kDistances));
  return Crc32(distances, kDistanceBytes, Crc32(scores, kScoreBytes));
}

}  // namespace

Counter::Counter() : Service("count", "count", Sizes()) {}

void Counter::Postprocess() {
  g_output_tensors[0] = inference::Output(kScores);
  g_output_tensors[1] = inference::Output(kDistances);
  detections_ = Decode(g_output_tensors[0], g_output_tensors[1], kParameters);
  for (std::size_t i = 0; i < detections_.count; ++i) {
    Detection& person = detections_.items[i];
    person.clothes = ClothesIn(FramePixels(), kPicturePixels, person.box);
  }
  tracked_ = tracker_.Update(detections_);
}

/// Crossings, and the boxes that the count event has no room for.
void Counter::SendDetails() {
  for (std::size_t i = 0; i < tracked_.crossings_count; ++i) {
    JsonLine line("crossing");
    line.Number("frame", Frame());
    AddCrossing(line, tracked_.crossings[i], tracker_);
    Send(line);
  }
  for (std::size_t first = kBoxesPerLine; first < detections_.count; first += kBoxesPerLine) {
    JsonLine line("boxes");
    line.Number("frame", Frame()).Number("first", static_cast<std::int64_t>(first));
    AddBoxes(line, detections_, tracked_, first);
    Send(line);
  }
}

void Counter::AddAnswer(JsonLine& line) {
  line.Number("count", static_cast<std::int64_t>(detections_.count));
  AddBoxes(line, detections_, tracked_, 0);
  line.Hex("output_crc32", OutputCrc32(), 8);
}

Answer Counter::ExecuteOwn(std::string_view line) {
  static constexpr Command<Counter> kCommands[] = {
      {"line", &Counter::SetLine},
      {"reset counts", &Counter::ResetCounts},
  };
  const Answer answer = Execute(*this, kCommands, line);
  return answer == Answer::kUnknown ? Service::ExecuteOwn(line) : answer;
}

bool Counter::SetLine(Arguments arguments) {
  LineRequest request;
  if (!ParseLine(arguments, request)) {
    return false;
  }
  const auto pixel = [&request](std::size_t i) {
    return static_cast<std::int32_t>(request.numbers[i]) * kSubpixels;
  };
  tracker_.SetLine({pixel(0), pixel(1)}, {pixel(2), pixel(3)});
  JsonLine line("log");
  line.Text("level", "info").Text("message", "line").BeginArray("line");
  for (const std::uint32_t number : request.numbers) {
    line.Item(number);
  }
  line.EndArray();
  Send(line);
  return true;
}

/// Says what is forgotten.
void Counter::ResetCounts() {
  JsonLine line("log");
  line.Text("level", "info").Text("message", "counts reset");
  AddTotals(line, tracker_);
  Send(line);
  tracker_.Reset();
}

}  // namespace app
