/// \file
/// A ring between one producer and one consumer, one of which may be an interrupt handler.
#pragma once

#include <cstddef>
#include <cstdint>

namespace drivers {

/// Holds up to kCapacity elements (a power of two); the counters run freely and wrap.
template <typename T, std::size_t kCapacity>
class Ring {
  static_assert(kCapacity >= 2 && (kCapacity & (kCapacity - 1)) == 0, "must be a power of two");

 public:
  std::size_t Size() const { return write_ - read_; }
  std::size_t Free() const { return kCapacity - Size(); }
  bool Empty() const { return write_ == read_; }

  /// False, and nothing stored, when full. Only the producer calls it.
  bool Push(T value) {
    if (Free() == 0) {
      return false;
    }
    items_[write_ & (kCapacity - 1)] = value;
    write_ = write_ + 1;  // volatile, behind the volatile element: the order is kept
    return true;
  }

  /// False when empty. Only the consumer calls it.
  bool Pop(T& value) {
    if (Empty()) {
      return false;
    }
    value = items_[read_ & (kCapacity - 1)];
    read_ = read_ + 1;
    return true;
  }

  /// The element that Pop() would give; not of an empty ring. Only the consumer calls it.
  T Front() const { return items_[read_ & (kCapacity - 1)]; }

  /// Whether an element is in it. To the producer it may say true of one that is just leaving.
  bool Contains(T value) const {
    for (std::uint32_t at = read_; at != write_; ++at) {
      if (items_[at & (kCapacity - 1)] == value) {
        return true;
      }
    }
    return false;
  }

 private:
  volatile T items_[kCapacity] = {};
  volatile std::uint32_t write_ = 0;
  volatile std::uint32_t read_ = 0;
};

}  // namespace drivers
