#include "app/tensors/runner.hpp"

#include <new>
#include <string_view>

#include "board.hpp"
#include "model_data.hpp"
#include "op_resolver.hpp"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_resource_variable.h"
#include "tensorflow/lite/schema/schema_generated.h"

extern "C" {
alignas(32) [[gnu::section(TENSOR_ARENA_SECTION)]] std::uint8_t g_tensor_arena[TENSOR_ARENA_BYTES];
}
#if KEPT_BYTES > 0
extern "C" {
/// What TFLM keeps as long as the model is there, where it has a memory of its own.
alignas(32) [[gnu::section(".arena")]] std::uint8_t g_kept_arena[KEPT_BYTES];
}
#endif

extern "C" {

/// Where the tensors are, for whoever fills and reads them from outside: the test bench, or a
/// debugger (its accesses pass through the core, so the data cache shows it what we wrote).
/// Inputs come first, then outputs; `magic` is set last.
struct TensorTable {
  static constexpr std::size_t kMaxTensors = 64;
  struct Place {
    std::uint32_t address;
    std::uint32_t bytes;
  };
  std::uint32_t magic;
  std::uint32_t inputs;
  std::uint32_t outputs;
  Place tensors[kMaxTensors];
};
[[gnu::used]] volatile TensorTable g_tensors;

}  // extern "C"

namespace app::runner {

namespace {

constexpr std::uint32_t kMagic = 0x3153'4E54;  // "TNS1"

model::OpResolver resolver;
Profiler profiler;
alignas(tflite::MicroInterpreter) std::uint8_t interpreter_place[sizeof(tflite::MicroInterpreter)];
tflite::MicroInterpreter* interpreter = nullptr;
Status state = Status::kNotReady;

tflite::MicroAllocator* Allocator() {
#if KEPT_BYTES > 0
  return tflite::MicroAllocator::Create(g_kept_arena, sizeof g_kept_arena, g_tensor_arena,
                                        sizeof g_tensor_arena);
#else
  return tflite::MicroAllocator::Create(g_tensor_arena, sizeof g_tensor_arena);
#endif
}

void Enter(std::size_t index, const TfLiteTensor* tensor) {
  g_tensors.tensors[index].address =
      static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(tensor->data.raw));
  g_tensors.tensors[index].bytes = tensor->bytes;
}

Status EnterAll() {
  const std::size_t inputs = interpreter->inputs_size();
  const std::size_t outputs = interpreter->outputs_size();
  if (inputs + outputs > TensorTable::kMaxTensors) {
    SendLog("warning", "the model has more than 64 inputs and outputs");
    return Status::kInvalid;
  }
  for (std::size_t i = 0; i < inputs + outputs; ++i) {
    const TfLiteTensor* tensor =
        i < inputs ? interpreter->input(i) : interpreter->output(i - inputs);
    if (tensor == nullptr) {
      return Status::kInvalid;
    }
    Enter(i, tensor);
  }
  g_tensors.inputs = inputs;
  g_tensors.outputs = outputs;
  g_tensors.magic = kMagic;
  return Status::kOk;
}

Status StartInterpreter() {
  const tflite::Model* flatbuffer = tflite::GetModel(model::kData);
  if (flatbuffer->version() != TFLITE_SCHEMA_VERSION ||
      model::RegisterOperators(resolver) != kTfLiteOk) {
    return Status::kInvalid;
  }
  tflite::MicroAllocator* allocator = Allocator();
  if (allocator == nullptr) {
    return Status::kInvalid;
  }
  tflite::MicroResourceVariables* variables = nullptr;
  if (model::kVariableCount > 0) {
    variables = tflite::MicroResourceVariables::Create(allocator, model::kVariableCount);
  }
  interpreter = new (interpreter_place)
      tflite::MicroInterpreter(flatbuffer, resolver, allocator, variables, &profiler);
  if (interpreter->AllocateTensors() != kTfLiteOk) {
    return Status::kInvalid;
  }
  return EnterAll();
}

}  // namespace

Status Start() {
  state = StartInterpreter();
  return state;
}

InferenceReport Report() {
  InferenceReport report;
  report.kind = "tflm";
  report.model = std::string_view(model::kSha256, kModelIdCharacters);
  report.arena_reserved = TENSOR_ARENA_BYTES + KEPT_BYTES;
  report.arena_used = state == Status::kOk ? interpreter->arena_used_bytes() : 0;
  return report;
}

Status Invoke() {
  if (state != Status::kOk) {
    return state;
  }
  profiler.Begin();
  return interpreter->Invoke() == kTfLiteOk ? Status::kOk : Status::kFailed;
}

Status Forget() {
  if (state != Status::kOk) {
    return state;
  }
  return interpreter->Reset() == kTfLiteOk ? Status::kOk : Status::kFailed;
}

Profiler& Operators() { return profiler; }

}  // namespace app::runner
