#include "app/vision/log_queue.hpp"

namespace app {

bool ParseLog(Arguments arguments, LogRequest& request) {
  if (!arguments.TakeNumber(request.frames)) {
    return false;
  }
  while (!arguments.AtEnd()) {
    const std::string_view word = arguments.TakeWord();
    if (word == "from") {
      if (!arguments.TakeNumber(request.from) || request.from == 0) {
        return false;
      }
    } else if (word == "period") {
      if (!arguments.TakeNumber(request.period_ms)) {
        return false;
      }
    } else if (word == "label") {
      const std::string_view label = arguments.TakeRest();
      if (label.empty() || label.size() > sizeof request.label) {
        return false;
      }
      request.label_bytes = static_cast<std::uint8_t>(label.copy(request.label, label.size()));
    } else {
      return false;
    }
  }
  return true;
}

LogQueue::Answer LogQueue::Add(const LogRequest& request, std::uint32_t now_ms) {
  if (count_ == kRequests || IsEndless()) {
    return Answer::kFull;
  }
  if (request.from != 0 && request.from != sequence_ + Left() + 1) {
    return Answer::kOutOfOrder;
  }
  if (Empty()) {
    first_ = 0;
    taken_ = 0;
    // Who asks for frame after frame in time keeps the beat; nobody was late before he asked.
    if (schedule_.IsDue(now_ms)) {
      schedule_.Start(now_ms, request.period_ms);
    }
  }
  requests_[(first_ + count_) % kRequests] = request;
  ++count_;
  return Answer::kTaken;
}

bool LogQueue::IsDue(std::uint32_t now_ms) const {
  return !Empty() && (schedule_.PeriodMs() != Front().period_ms || schedule_.IsDue(now_ms));
}

std::uint32_t LogQueue::Begin(std::uint32_t now_ms) {
  if (schedule_.PeriodMs() != Front().period_ms) {
    schedule_.Start(now_ms, Front().period_ms);
  }
  const std::uint32_t skipped = schedule_.Begin(now_ms);
  overruns_ += skipped;
  return skipped;
}

std::uint32_t LogQueue::Take() {
  ++taken_;
  if (taken_ == Front().frames) {
    first_ = (first_ + 1) % kRequests;
    --count_;
    taken_ = 0;
  }
  return ++sequence_;
}

std::uint32_t LogQueue::Left() const {
  std::uint32_t left = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    left += requests_[(first_ + i) % kRequests].frames;
  }
  return count_ != 0 && Front().frames != 0 ? left - taken_ : left;
}

bool LogQueue::IsEndless() const {
  return count_ != 0 && requests_[(first_ + count_ - 1) % kRequests].frames == 0;
}

}  // namespace app
