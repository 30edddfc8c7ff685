/// \file
/// A model as TensorFlow Lite Micro runs it, whatever its inputs and outputs are.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/console/events.hpp"
#include "app/vision/profiler.hpp"
#include "drivers/status.hpp"

namespace app::runner {

/// kInvalid: TFLM cannot run the model, and has logged why.
Status Start();
/// For the boot event.
InferenceReport Report();
/// Runs the model on what its input tensors hold. kFailed: an operator failed, and TFLM logged it.
Status Invoke();
/// Variable tensors and resource variables are again what they are after Start().
Status Forget();
/// Measures each operator of the following inferences if it is switched on.
Profiler& Operators();

}  // namespace app::runner
