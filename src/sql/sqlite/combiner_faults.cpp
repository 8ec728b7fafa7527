// combiner_faults.cpp - a group that fails: who runs again, who runs alone, who is answered with an
// error.
#include <utility>

#include "sql/sqlite/combiner.hpp"
#include "sql/sqlite/combiner_parts.hpp"

namespace kameng::sql::sqlite {

namespace {

constexpr int unknown_outcomes_max = 3;

bool is_race(Fault fault) {
  return fault == Fault::unique || fault == Fault::conflict;
}

// What a race turns out to be when it is lost twice without a rival.
Error constraint_error(Error error) {
  error.status = Status::internal;
  error.reason = "storage.constraint";
  error.message = "The database refused what it must never hold.";
  error.retry = Retry::never;
  return error;
}

}  // namespace

// The first work of a transaction failed, so nobody else's is lost. A race is run once more from
// scratch; whatever else it is, it is its answer.
void Combiner::settle_first(Member& member) {
  member.alone = true;
  if (is_race(member.fault) && !member.raced) {
    member.raced = true;
    retries_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (is_race(member.fault)) {
    member.answer = constraint_error(std::move(member.answer).error());
  }
  member.answered = true;
}

void Combiner::break_up(Member& culprit, Member& own, Group& group) {
  forget_transaction();
  culprit.alone = true;
  queue_again(group, own);
}

// Puts everybody but the leader back in front of the queue, in their order. They may go away again
// at their deadline.
void Combiner::queue_again(Group& group, const Member& own) {
  retries_.fetch_add(static_cast<std::int64_t>(group.size()), std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  for (std::size_t index = group.size(); index > 0; --index) {
    if (&group[index - 1] != &own) {
      queue_.push_front(group[index - 1]);
    }
  }
  group.clear();
}

void Combiner::commit_failed(const Failure& failure, Member& own, Group& group) {
  forget_transaction();
  switch (failure.fault) {
    case Fault::io:
    case Fault::lost:
      drop_connection();
      run_again(group, own, failure);
      return;
    case Fault::busy:
      run_again(group, own, failure);
      return;
    case Fault::none:
    case Fault::full:
    case Fault::read_only:
    case Fault::corrupt:
    case Fault::not_a_database:
    case Fault::cannot_open:
    case Fault::out_of_memory:
      for (Member* member : group) {
        member->answer = to_error(failure);
        member->answered = true;
      }
      return;
    case Fault::conflict:
    case Fault::unique:
    case Fault::check:
    case Fault::foreign_key:
    case Fault::interrupted:
    case Fault::misuse:
      break;
  }
  // A constraint that is checked at commit, or the works' last statements. Whose doing it was shows
  // when each runs alone.
  if (group.size() == 1) {
    own.fault = failure.fault;
    own.answer = to_error(failure);
    settle_first(own);
    return;
  }
  for (Member* member : group) {
    member->alone = true;
  }
  queue_again(group, own);
}

// After an unknown outcome, a bounded number of times.
void Combiner::run_again(Group& group, Member& own, const Failure& failure) {
  Group again, over;
  for (Member* member : group) {
    const bool once_more = ++member->tries <= unknown_outcomes_max;
    (once_more ? again : over).add(*member);
    if (!once_more) {
      member->answer = to_error(failure);
      member->answered = true;
    }
  }
  queue_again(again, own);
  group = over;
}

// Answers everybody but the leader, who answers by his exception.
void Combiner::give_up(const Member& own, Group& group) {
  if (connection_) {
    connection_->never_interrupt();
    forget_transaction();
  }
  for (Member* member : group) {
    if (member == &own || member->answered) {
      continue;
    }
    member->answered = true;
    try {
      Failure failure;
      failure.fault = Fault::out_of_memory;
      member->answer = to_error(failure);
    } catch (...) {
      Error without_words;  // which would need memory
      without_words.status = Status::out_of_memory;
      member->answer = std::move(without_words);
    }
  }
  release(group, own);
}

// Rolls back. A connection that cannot even do that is given up.
void Combiner::forget_transaction() {
  connection_->rollback();
  if (connection_->in_transaction()) {
    drop_connection();
  }
}

// Closing it settles what the last commit did, as far as this process can; opening it anew empties
// the WAL. A database in memory would be lost by that, so it stays.
void Combiner::drop_connection() {
  if (!open_ || !connection_) {
    return;
  }
  closed_statements_ += connection_->statements();
  closed_busy_waits_ += connection_->busy_waits();
  connection_.reset();
}

}  // namespace kameng::sql::sqlite
