/// \file
/// Inference by TensorFlow Lite Micro on this core.

#include <cstdint>
#include <new>
#include <string_view>

#include "app/vision/inference.hpp"
#include "app/vision/profiler.hpp"
#include "model_data.hpp"
#include "op_resolver.hpp"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern "C" {
/// The one buffer of TFLM: tensors, scratch and its own book-keeping. The build says in which
/// memory it lies: in DTCM if it fits, as the kernels read and write it all the time and DTCM
/// answers in one cycle without a cache to warm.
alignas(32) [[gnu::section(TENSOR_ARENA_SECTION)]] std::uint8_t g_tensor_arena[TENSOR_ARENA_BYTES];
}

namespace app::inference {

namespace {

constexpr std::size_t kInputBytes =
    model::kInputHeight * model::kInputWidth * model::kInputChannels;

model::OpResolver resolver;
Profiler profiler;
alignas(tflite::MicroInterpreter) std::uint8_t interpreter_place[sizeof(tflite::MicroInterpreter)];
tflite::MicroInterpreter* interpreter = nullptr;
Status state = Status::kNotReady;

bool TensorsAreAsExpected(const OutputSizes& outputs) {
  if (interpreter->inputs_size() != 1 || interpreter->outputs_size() != outputs.count) {
    return false;
  }
  const TfLiteTensor* input = interpreter->input(0);
  if (input->type != kTfLiteInt8 || input->bytes != kInputBytes) {
    return false;
  }
  for (std::size_t i = 0; i < outputs.count; ++i) {
    const TfLiteTensor* output = interpreter->output(i);
    if (output->type != kTfLiteInt8 || output->bytes != outputs.bytes[i]) {
      return false;
    }
  }
  return true;
}

Status StartInterpreter(const OutputSizes& outputs) {
  const tflite::Model* flatbuffer = tflite::GetModel(model::kData);
  if (flatbuffer->version() != TFLITE_SCHEMA_VERSION) {
    return Status::kInvalid;
  }
  if (model::RegisterOperators(resolver) != kTfLiteOk) {
    return Status::kInvalid;
  }
  interpreter = new (interpreter_place) tflite::MicroInterpreter(
      flatbuffer, resolver, g_tensor_arena, sizeof g_tensor_arena, nullptr, &profiler);
  if (interpreter->AllocateTensors() != kTfLiteOk || !TensorsAreAsExpected(outputs)) {
    return Status::kInvalid;
  }
  return Status::kOk;
}

}  // namespace

Status Start(const OutputSizes& outputs) {
  state = StartInterpreter(outputs);
  return state;
}

InferenceReport Report() {
  InferenceReport report;
  report.kind = "tflm";
  report.model = std::string_view(model::kSha256, kModelIdCharacters);
  report.arena_reserved = sizeof g_tensor_arena;
  report.arena_used = state == Status::kOk ? interpreter->arena_used_bytes() : 0;
  return report;
}

std::int8_t* Input() { return state == Status::kOk ? interpreter->input(0)->data.int8 : nullptr; }

Status Invoke() {
  if (state != Status::kOk) {
    return state;
  }
  profiler.Begin();
  return interpreter->Invoke() == kTfLiteOk ? Status::kOk : Status::kFailed;
}

const std::int8_t* Output(std::size_t index) { return interpreter->output(index)->data.int8; }

Quantisation OutputQuantisation(std::size_t index) {
  const TfLiteQuantizationParams& params = interpreter->output(index)->params;
  return {params.scale, params.zero_point};
}

void SetProfiling(bool on) { profiler.SetOn(on); }
std::size_t ProfiledOperators() { return profiler.Count(); }
OperatorCycles ProfiledOperator(std::size_t index) {
  return {profiler.Name(index), profiler.Cycles(index)};
}

}  // namespace app::inference
