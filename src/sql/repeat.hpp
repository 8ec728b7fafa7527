// repeat.hpp - running a work, and when to run it again: for databases that give each work a
// transaction of its own.
#pragma once

#include <chrono>

#include "sql/database.hpp"

namespace kameng::sql {

// How often a work has been run again, and why.
struct Repeats {
  int conflicts = 0;
  int losses = 0;
  bool saw_unique = false;
};

// What a work that ran once came to.
struct Outcome {
  Result<void> answer;
  Fault fault = Fault::none;
};

// Runs it inside a transaction of `owner` (nesting.hpp). Memory that ran out fails the transaction;
// any other exception is the answer engine.exception.
[[nodiscard]] Result<void> run_work(const Work& work, Transaction& transaction, const void* owner);

// Whether what failed this way may be run again, after so many lost connections at most.
[[nodiscard]] bool may_repeat(Fault fault, Repeats& repeats, int losses_max);

// Waits before the work runs again after a conflict. False, at once, when after the wait there
// would be no time left to run in: the work ends with its conflict, and not with a run that is cut
// short.
[[nodiscard]] bool pause_before_repeat(const Repeats& repeats, const Deadline& deadline);

}  // namespace kameng::sql
