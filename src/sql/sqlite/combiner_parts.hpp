// combiner_parts.hpp - a caller that takes part in a group, and the group. For the combiner's own
// two files.
#pragma once

#include <array>

#include "sql/sqlite/combiner.hpp"

namespace kameng::sql::sqlite {

// Lives on its caller's stack until it is answered.
struct Combiner::Member {
  Member(const Deadline& until, const Work& what, Kind which)
      : deadline(until), work(&what), kind(which), alone(which == Kind::alone) {}

  const Deadline& deadline;
  const Work* work;
  const Kind kind;
  Result<void> answer;

  // Under the combiner's mutex.
  Member* previous = nullptr;
  Member* next = nullptr;
  bool queued = false;

  // The leader's.
  bool alone;
  bool answered = false;
  bool raced = false;  // it ran alone and lost what can only be a race
  int tries = 0;       // commits with an unknown outcome
  Fault fault = Fault::none;

  // Under the member's own mutex, so that sixty-four callers who wake do not queue for one.
  std::mutex mutex;
  std::condition_variable ready;
  Signal signal = Signal::none;
};

struct Combiner::Group {
  void add(Member& member) { members_[size_++] = &member; }
  void clear() { size_ = 0; }
  [[nodiscard]] bool is_full() const { return size_ == members_.size(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] Member** begin() { return members_.data(); }
  [[nodiscard]] Member** end() { return members_.data() + size_; }
  [[nodiscard]] Member& operator[](std::size_t index) { return *members_[index]; }

 private:
  std::array<Member*, 64> members_{};
  std::size_t size_ = 0;
};

}  // namespace kameng::sql::sqlite
