// repeat.cpp - see repeat.hpp.
#include "sql/repeat.hpp"

#include <algorithm>
#include <new>
#include <thread>
#include <utility>

#include "sql/nesting.hpp"

namespace kameng::sql {
namespace {

using std::chrono::microseconds;

constexpr microseconds pause_min{500};
constexpr microseconds pause_max{50'000};

// Twice as long each time, and up to twice that: those that met must not meet again.
microseconds pause_before(int repeat) {
  const auto base = std::min(pause_max, pause_min * (1 << std::min(repeat, 7)));
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  const auto mixed = static_cast<std::uint64_t>(ticks) * 0x9E3779B97F4A7C15u;
  return base + microseconds(static_cast<std::int64_t>((mixed >> 32) %
                                                       static_cast<std::uint64_t>(base.count())));
}

}  // namespace

Result<void> run_work(const Work& work, Transaction& transaction, const void* owner) {
  try {
    const Inside inside(owner);
    return work(transaction);
  } catch (const std::bad_alloc&) {
    Failure failure;
    failure.fault = Fault::out_of_memory;
    transaction.fail(failure);
    return {};
  } catch (...) {
    Error error;
    error.reason = "engine.exception";
    error.message = "The engine met a fault it did not expect.";
    return error;
  }
}

bool may_repeat(Fault fault, Repeats& repeats, int losses_max) {
  switch (fault) {
    case Fault::conflict:
    case Fault::busy:
      ++repeats.conflicts;
      return true;
    case Fault::unique:
      // Somebody else inserted the row between our facts and our writes; run again, the facts see
      // it. A second time it is a fault of ours.
      return !std::exchange(repeats.saw_unique, true);
    case Fault::lost:
    case Fault::io:
      return ++repeats.losses <= losses_max;
    default:
      return false;
  }
}

bool pause_before_repeat(const Repeats& repeats, const Deadline& deadline) {
  const microseconds pause = pause_before(repeats.conflicts);
  // As long again is taken to be enough for the run.
  if (deadline.at() - Deadline::Monotonic::now() < 2 * pause) {
    return false;
  }
  std::this_thread::sleep_for(pause);
  return true;
}

}  // namespace kameng::sql
