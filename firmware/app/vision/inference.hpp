/// \file
/// Where inference comes from. Two files implement this, and the build links one:
/// inference_tflm.cc, TensorFlow Lite Micro on this core, or inference_host.cc, a mailbox.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/console/events.hpp"
#include "app/vision/quantisation.hpp"
#include "drivers/status.hpp"

namespace app::inference {

/// The bytes of each output tensor that an app expects of its model.
struct OutputSizes {
  static constexpr std::size_t kMaxOutputs = 2;
  std::size_t count;
  std::size_t bytes[kMaxOutputs];
};

/// kInvalid: the model is not one that this firmware can run.
Status Start(const OutputSizes& outputs);
/// For the boot event.
InferenceReport Report();

/// The int8 input tensor, kInputBytes of the model; Invoke() reads it and may overwrite it.
std::int8_t* Input();
/// Runs the model; the output holds until the next call. kInvalid as Start(); kTimeout and kFailed
/// when the inference did not come about.
Status Invoke();
const std::int8_t* Output(std::size_t index);
Quantisation OutputQuantisation(std::size_t index);

struct OperatorCycles {
  const char* name;
  std::uint32_t cycles;
};
/// Measures each operator of the following inferences, or no longer.
void SetProfiling(bool on);
/// How many operators the last inference ran and was measured for.
std::size_t ProfiledOperators();
OperatorCycles ProfiledOperator(std::size_t index);

}  // namespace app::inference
