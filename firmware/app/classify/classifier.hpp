/// \file
/// The classification app: the label of each frame.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/vision/service.hpp"
#include "model_data.hpp"

namespace app {

class Classifier final : public Service {
 public:
  Classifier();

 private:
  void Postprocess() override;
  void AddAnswer(JsonLine& line) override;

  std::size_t index_ = 0;
  std::int32_t scores_[model::kLabelCount] = {};  // ten thousandths
};

}  // namespace app
