/// \file
/// What an application needs of a camera: frames, or in words why none came. A board says which
/// camera it has.
#pragma once

#include <cstddef>
#include <cstdint>

#include "drivers/status.hpp"

namespace drivers {

/// Frames of RGB565, high byte first, row by row.
struct FrameFormat {
  unsigned width;
  unsigned height;

  constexpr std::size_t Pixels() const { return width * height; }
  constexpr std::size_t Bytes() const { return 2 * Pixels(); }
};

class Camera {
 public:
  struct Identity {
    std::uint8_t revision = 0;
    std::uint16_t sensor = 0;
  };

  /// What a camera is left with between two frames.
  enum class Rest : std::uint8_t {
    kOn,
    kLowPower,  // it keeps its settings
    kGated,     // without its supply
  };

  /// For the error event; behind the detail of kBadLength comes the length.
  struct Trouble {
    const char* code;
    const char* detail;
  };

  /// Looks for the camera and sets it up.
  virtual Status Start(Identity& identity) = 0;
  /// Takes a picture into `frame`, as long as the camera's format says. kBadLength: it has
  /// another amount, `length`. After this and after kTimeout the next capture may work; after
  /// anything else Start() must come first.
  virtual Status Capture(std::uint8_t* frame, std::uint32_t& length) = 0;
  /// Saves power until PowerUp(), without which no picture comes.
  virtual Status PowerDown(Rest rest) = 0;
  /// Has its power back, and the exposure has settled. After anything but kOk Start() must come.
  virtual Status PowerUp() = 0;
  /// What it means that Start() or Capture() returned `status`.
  virtual Trouble Explain(Status status) const = 0;

 protected:
  ~Camera() = default;
};

}  // namespace drivers
