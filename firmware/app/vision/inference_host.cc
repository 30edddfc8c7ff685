/// \file
/// Inference by whoever is on the other side of a mailbox in OCRAM2: the test bench, or a debugger
/// (its accesses pass through the core, so the data cache shows it what we wrote).

#include <cstdint>
#include <string_view>

#include "app/vision/crc32.hpp"
#include "app/vision/inference.hpp"
#include "board.hpp"
#include "drivers/cpu.hpp"
#include "model_data.hpp"

extern "C" {

/// Little-endian words, in this order. We fill all and set `state` to 1; the other side reads
/// `input_bytes` bytes at `input_address`, writes `output_bytes` bytes at `output_address` (all
/// output tensors, one behind the other), then sets `state` to 2, or to 3 if it cannot.
struct InferenceMailbox {
  std::uint32_t magic;
  std::uint32_t state;
  std::uint32_t sequence;
  std::uint32_t input_address;
  std::uint32_t input_bytes;
  std::uint32_t output_address;
  std::uint32_t output_bytes;
  std::uint32_t model_crc32;
};
[[gnu::section(".ocram2"), gnu::used]] volatile InferenceMailbox inference_mailbox;

}  // extern "C"

namespace app::inference {

namespace {

constexpr std::uint32_t kMagic = 0x3158'424D;  // "MBX1"
constexpr std::uint32_t kIdle = 0;
constexpr std::uint32_t kRequest = 1;
constexpr std::uint32_t kDone = 2;
constexpr std::uint32_t kAnswerLimitMs = 5000;
constexpr std::size_t kInputBytes =
    model::kInputHeight * model::kInputWidth * model::kInputChannels;
constexpr std::size_t kMaxOutputBytes = 4096;  // all outputs, one behind the other

alignas(32) [[gnu::section(".ocram2")]] std::int8_t input[kInputBytes];
alignas(32) [[gnu::section(".ocram2")]] volatile std::int8_t answer[kMaxOutputBytes];
std::int8_t output[kMaxOutputBytes];
OutputSizes sizes = {};

std::uint32_t AddressOf(const volatile void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

std::size_t OffsetOf(std::size_t index) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < index; ++i) {
    offset += sizes.bytes[i];
  }
  return offset;
}

Status WaitForAnswer() {
  const drivers::Deadline deadline(board::clock, kAnswerLimitMs);
  while (inference_mailbox.state == kRequest) {
    if (deadline.Expired()) {
      return Status::kTimeout;
    }
    board::clock.Sleep();
  }
  return inference_mailbox.state == kDone ? Status::kOk : Status::kFailed;
}

}  // namespace

Status Start(const OutputSizes& outputs) {
  sizes = outputs;
  const std::size_t output_bytes = OffsetOf(sizes.count);
  if (output_bytes > kMaxOutputBytes) {
    return Status::kInvalid;
  }
  inference_mailbox.state = kIdle;
  inference_mailbox.sequence = 0;
  inference_mailbox.input_address = AddressOf(input);
  inference_mailbox.input_bytes = sizeof input;
  inference_mailbox.output_address = AddressOf(answer);
  inference_mailbox.output_bytes = output_bytes;
  inference_mailbox.model_crc32 = Crc32(model::kData, model::kDataBytes);
  inference_mailbox.magic = kMagic;
  return Status::kOk;
}

InferenceReport Report() {
  InferenceReport report;
  report.kind = "host";
  report.model = std::string_view(model::kSha256, kModelIdCharacters);
  return report;
}

std::int8_t* Input() { return input; }

Status Invoke() {
  inference_mailbox.sequence = inference_mailbox.sequence + 1;
  drivers::DataBarrier();
  inference_mailbox.state = kRequest;
  const Status status = WaitForAnswer();
  inference_mailbox.state = kIdle;
  if (status == Status::kOk) {
    for (std::size_t i = 0; i < OffsetOf(sizes.count); ++i) {
      output[i] = answer[i];
    }
  }
  return status;
}

const std::int8_t* Output(std::size_t index) { return output + OffsetOf(index); }

Quantisation OutputQuantisation(std::size_t) {
  return {1.0F / 256, -128};  // what TensorFlow Lite lays down for the output of an int8 softmax
}

// There are no operators here to measure.
void SetProfiling(bool) {}
std::size_t ProfiledOperators() { return 0; }
OperatorCycles ProfiledOperator(std::size_t) { return {"", 0}; }

}  // namespace app::inference
