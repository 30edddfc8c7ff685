#include "app/classify/classifier.hpp"

#include "app/classify/scores.hpp"
#include "app/vision/inference.hpp"

namespace app {

Classifier::Classifier() : Service("classify", "result", {1, {model::kLabelCount}}) {}

void Classifier::Postprocess() {
  const std::int8_t* output = inference::Output(0);
  const Quantisation quantisation = inference::OutputQuantisation(0);
  index_ = IndexOfLargest(output, model::kLabelCount);
  for (std::size_t i = 0; i < model::kLabelCount; ++i) {
    scores_[i] = TenThousandths(output[i], quantisation);
  }
}

void Classifier::AddAnswer(JsonLine& line) {
  line.Text("label", model::kLabels[index_]).Number("index", static_cast<std::int64_t>(index_));
  line.BeginArray("output");
  for (std::size_t i = 0; i < model::kLabelCount; ++i) {
    line.Item(inference::Output(0)[i]);
  }
  line.EndArray().BeginArray("scores");
  for (const std::int32_t score : scores_) {
    line.ItemTenThousandths(score);
  }
  line.EndArray();
}

}  // namespace app
