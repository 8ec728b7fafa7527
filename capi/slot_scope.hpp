// slot_scope.hpp - knows whether this thread is inside a slot of a host, from where the engine must
// not be called: it may hold its locks, or be in the middle of a transaction.
#pragma once

#include <kameng/result.hpp>

namespace kameng::capi {

class SlotScope {
 public:
  SlotScope() noexcept { ++depth_; }
  ~SlotScope() { --depth_; }
  SlotScope(const SlotScope&) = delete;
  SlotScope& operator=(const SlotScope&) = delete;

  // MISUSE engine.reentered when this thread is inside a slot.
  [[nodiscard]] static Result<void> check_outside();
  [[nodiscard]] static bool inside() noexcept { return depth_ > 0; }

 private:
  static constinit thread_local int depth_;
};

}  // namespace kameng::capi
