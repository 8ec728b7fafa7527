// nesting.hpp - knows whether this thread is inside a work. A work that opened another transaction
// on its own database would wait for itself.
#pragma once

#include <utility>

namespace kameng::sql {

// Lives while a work of `owner` runs on this thread.
class Inside {
 public:
  explicit Inside(const void* owner) noexcept : outer_(std::exchange(current_, owner)) {}
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { current_ = outer_; }

  [[nodiscard]] static bool of(const void* owner) noexcept { return current_ == owner; }

 private:
  static inline thread_local const void* current_ = nullptr;
  const void* outer_;
};

}  // namespace kameng::sql
