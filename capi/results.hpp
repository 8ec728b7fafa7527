// results.hpp - the answers that are on their way to a caller, and the one guard that every
// function with a result runs behind.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <kameng.h>
#include <kameng/result.hpp>

#include "capi/handle_table.hpp"

namespace kameng::capi {

// A result's document. `fixed` is used where there is no memory for a text of its own.
struct StoredResult {
  kameng_status status = KAMENG_OK;
  std::string text;
  const char* fixed = nullptr;

  [[nodiscard]] const char* json() const noexcept {
    return fixed != nullptr ? fixed : text.c_str();
  }
  [[nodiscard]] std::size_t size() const noexcept {
    return fixed != nullptr ? std::string_view(fixed).size() : text.size();
  }
};

using ResultTable = HandleTable<StoredResult, HandleKind::result>;
[[nodiscard]] ResultTable& results() noexcept;

// A result that is made before the work begins: a call whose work is done can then no longer lose
// its answer for want of memory.
class PendingResult {
 public:
  explicit PendingResult(kameng_result* out) noexcept;

  // False when the caller wants a result and there is no memory for one.
  [[nodiscard]] bool ready() const noexcept { return out_ == nullptr || stored_ != nullptr; }
  // Stores the outcome; `context` is the call's, for the trace of an error document. Throws
  // bad_alloc where that document cannot be made.
  kameng_status settle(Result<std::string> outcome, std::string_view context);
  kameng_status out_of_memory() noexcept;
  kameng_status fault() noexcept;

 private:
  kameng_status store_fixed(kameng_status status, const char* document) noexcept;

  kameng_result* out_;
  StoredResult* stored_ = nullptr;
};

// Runs `body`, a function that sets the context it was given and returns Result<std::string>, and
// makes the caller's result of what it returns.
template <class Body>
[[nodiscard]] kameng_status answer(kameng_result* out, Body&& body) noexcept {
  PendingResult pending(out);
  if (!pending.ready()) {
    return KAMENG_OUT_OF_MEMORY;
  }
  try {
    std::string_view context;
    Result<std::string> outcome = std::forward<Body>(body)(context);
    return pending.settle(std::move(outcome), context);
  } catch (const std::bad_alloc&) {
    return pending.out_of_memory();
  } catch (...) {
    return pending.fault();
  }
}

}  // namespace kameng::capi
