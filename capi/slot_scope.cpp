#include "capi/slot_scope.hpp"

#include "capi/misuse.hpp"

namespace kameng::capi {

constinit thread_local int SlotScope::depth_ = 0;

Result<void> SlotScope::check_outside() {
  if (inside()) {
    return misuse("engine.reentered",
                  "A slot of the host's called the engine. Slots must not do that.");
  }
  return {};
}

}  // namespace kameng::capi
