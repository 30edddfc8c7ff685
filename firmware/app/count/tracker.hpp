/// \file
/// Who is who from frame to frame, and who crosses the line. Fixed capacity and whole numbers: the
/// same detections give the same answers everywhere.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/count/counting_line.hpp"
#include "app/count/decoding.hpp"

namespace app {

enum class Direction : std::uint8_t { kLeftToRight, kRightToLeft };

struct Crossing {
  std::uint32_t identity;
  Direction direction;
};

class Tracker {
 public:
  static constexpr std::size_t kCapacity = 24;      // persons known at a time, seen or not
  static constexpr std::uint32_t kMaxMissed = 5;    // frames unseen after which one is forgotten
  static constexpr std::uint32_t kConfirmHits = 2;  // frames seen until one gets an identity
  static constexpr std::uint32_t kCrossFrames = 2;  // frames seen beyond the line, if unexpectedly

  /// What became of one frame.
  struct Answer {
    std::uint32_t identities[kMaxPersons] = {};  // of each detection; 0: not known yet
    std::size_t crossings_count = 0;
    Crossing crossings[kMaxPersons] = {};
  };

  /// Goes one frame on.
  Answer Update(const Detections& detections);
  /// Counts crossings of another line from now on; nobody is on a side of it yet.
  void SetLine(Point from, Point to);
  /// Forgets everybody and all crossings; identities begin with 1 again.
  void Reset();

  std::uint32_t LeftToRight() const { return left_to_right_; }
  std::uint32_t RightToLeft() const { return right_to_left_; }

 private:
  struct Track {
    bool used = false;
    std::uint32_t identity = 0;
    std::uint32_t hits = 0;
    std::uint32_t missed = 0;
    Box box = {};
    Clothes clothes = {};
    Point velocity = {};   // of the middle, sixteenths of a pixel a frame
    Point heads_for = {};  // a frame beyond where its last box was expected
    Side side = Side::kUnknown;
    Point on_side = {};               // where it was on that side last
    std::uint32_t frames_beyond = 0;  // frames seen on the other side since
  };

  void Match(const Detections& detections, bool confirmed, Track* (&owners)[kMaxPersons]);
  void Follow(Track& track, const Detection& seen);
  void Begin(const Detection& seen, Track*& owner);
  void Watch(Track& track, Answer& answer);
  void ForgetLost(Track* const (&owners)[kMaxPersons], std::size_t count);

  // Upwards through the middle, so that its left is the picture's left.
  CountingLine line_{{kPictureEdge / 2, kPictureEdge}, {kPictureEdge / 2, 0}};
  std::uint32_t identities_ = 0;
  std::uint32_t left_to_right_ = 0;
  std::uint32_t right_to_left_ = 0;
  Track tracks_[kCapacity];
};

}  // namespace app
