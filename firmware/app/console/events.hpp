/// \file
/// The events that every app prints, and the way out to the console.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "app/console/json_line.hpp"

namespace app {

constexpr char kVersion[] = "0.1.0";
/// How much of its SHA-256 names a model on the console.
constexpr std::size_t kModelIdCharacters = 12;

/// What the boot event says about inference; hello has none.
struct InferenceReport {
  std::string_view kind = "none";
  std::string_view model;  // empty: no model, and the next two are left out
  std::size_t arena_reserved = 0;
  std::size_t arena_used = 0;
};

/// Queues the line on the console.
void Send(JsonLine& line);
/// Sends `{"event":"log","level":...,"message":...}`.
void SendLog(std::string_view level, std::string_view message);
/// Sends an error event and counts it. `frame`: number of the frame that it is about, 0 for none.
void SendError(std::string_view code, std::string_view detail, std::uint32_t frame = 0);
/// Error events since boot.
std::uint32_t ErrorsSent();
/// Ends the line that a reset from outside may have cut, before the first event of this boot.
void EndCutLine();
/// Adds everything behind `"event":"boot"` to a line.
void AddSystem(JsonLine& line, std::string_view app, const InferenceReport& inference);

}  // namespace app
