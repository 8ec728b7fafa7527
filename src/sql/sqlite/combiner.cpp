// combiner.cpp - who leads, who waits, and what a group does. What happens when it fails is in
// combiner_faults.cpp.
#include "sql/sqlite/combiner.hpp"

#include <new>
#include <thread>
#include <utility>

#include "sql/nesting.hpp"
#include "sql/sqlite/combiner_parts.hpp"

namespace kameng::sql::sqlite {

namespace {

constexpr std::chrono::milliseconds group_time_max{5};
constexpr std::chrono::microseconds pause_for_others{500};
constexpr std::int64_t checkpoint_again_bytes = 8 * 1024 * 1024;

// Only the leader counts, so an atomic increment would be a waste.
void count(std::atomic<std::int64_t>& counter, std::int64_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

Error deadline_over() {
  Failure failure;
  failure.fault = Fault::interrupted;
  return to_error(failure);
}

Error exception_error() {
  Error error;
  error.status = Status::internal;
  error.reason = "engine.exception";
  error.message = "The engine met a fault it did not expect.";
  return error;
}

// A fault of one statement that says nothing about the transaction round it.
bool is_harmless(Fault fault) {
  switch (fault) {
    case Fault::none:
    case Fault::conflict:
    case Fault::unique:
    case Fault::check:
    case Fault::foreign_key:
    case Fault::interrupted:
    case Fault::misuse:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Combiner::Queue::push_back(Member& member) noexcept {
  member.previous = last;
  member.next = nullptr;
  (last != nullptr ? last->next : first) = &member;
  last = &member;
  member.queued = true;
}

void Combiner::Queue::push_front(Member& member) noexcept {
  member.previous = nullptr;
  member.next = first;
  (first != nullptr ? first->previous : last) = &member;
  first = &member;
  member.queued = true;
}

void Combiner::Queue::remove(Member& member) noexcept {
  (member.previous != nullptr ? member.previous->next : first) = member.next;
  (member.next != nullptr ? member.next->previous : last) = member.previous;
  member.previous = nullptr;
  member.next = nullptr;
  member.queued = false;
}

Combiner::Combiner(const void* owner, std::unique_ptr<SqliteConnection> connection, Open open,
                   const Options& options)
    : owner_(owner),
      connection_(std::move(connection)),
      open_(std::move(open)),
      wal_bytes_max_(options.wal_bytes_max),
      // Nothing is flushed: then copying all of it takes a moment, in which other processes may
      // well wait, and the log starts over for certain.
      checkpoint_mode_(options.durable ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART),
      next_checkpoint_bytes_(options.wal_bytes_max) {}

Result<void> Combiner::submit(const Deadline& deadline, const Work& work, Kind kind) {
  Member own(deadline, work, kind);
  if (lead_or_queue(own) || wait(own) == Signal::lead) {
    lead(own);
  }
  return std::move(own.answer);
}

bool Combiner::lead_or_queue(Member& member) {
  const std::lock_guard lock(mutex_);
  if (!led_) {
    led_ = true;
    return true;
  }
  queue_.push_back(member);
  return false;
}

Combiner::Signal Combiner::wait(Member& member) {
  const auto signalled = [&member] { return member.signal != Signal::none; };
  std::unique_lock own(member.mutex);
  if (member.ready.wait_until(own, member.deadline.at(), signalled)) {
    return member.signal;
  }
  own.unlock();
  {
    const std::lock_guard lock(mutex_);
    if (member.queued) {
      queue_.remove(member);
      member.answer = deadline_over();
      return Signal::answered;
    }
  }
  // Its turn has come: from here on only the commit can answer it.
  own.lock();
  member.ready.wait(own, signalled);
  return member.signal;
}

void Combiner::wake(Member& member, Signal how) {
  // Under the lock: once it is free the member's thread may take the member away.
  const std::lock_guard lock(member.mutex);
  member.signal = how;
  member.ready.notify_one();
}

void Combiner::release(Group& group, const Member& own) {
  for (Member* member : group) {
    if (member != &own) {
      wake(*member, Signal::answered);
    }
  }
  group.clear();
}

void Combiner::lead(Member& own) {
  Group group;
  try {
    while (!own.answered) {
      run_group(own, group);
      if (!own.answered) {
        release(group, own);
      }
    }
  } catch (...) {
    // Memory ran out between two works. A leader that just left would leave everybody waiting.
    give_up(own, group);
    hand_over();
    throw;
  }
  const bool others_wait_for_writer = connection_ && connection_->contended();
  const bool large = wal_bytes() >= next_checkpoint_bytes_;
  if (others_wait_for_writer || large) {
    release(group, own);
    checkpoint_if_large();
    if (others_wait_for_writer) {
      // Another process polls for the writer; without this it would find it taken nearly every
      // time.
      std::this_thread::sleep_for(pause_for_others);
    }
    hand_over();
  } else {
    // The next leader first: it can begin on another core while the rest are woken here.
    hand_over();
    release(group, own);
  }
}

void Combiner::hand_over() {
  Member* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    next = queue_.first;
    if (next == nullptr) {
      led_ = false;
      return;
    }
    queue_.remove(*next);
  }
  wake(*next, Signal::lead);
}

// Leaves in `group` those that are answered. When its own work is not among them the leader comes
// again.
void Combiner::run_group(Member& own, Group& group) {
  if (!ready(own)) {
    return;
  }
  if (!run_works(own, group)) {
    return;
  }
  const Failure failure = connection_->commit();
  count(statements_, connection_->statements() + closed_statements_ - statements_.load());
  if (failure) {
    commit_failed(failure, own, group);
    return;
  }
  for (Member* member : group) {
    member->answered = true;
  }
  count(commits_);
  count(members_, static_cast<std::int64_t>(group.size()));
  count(groups_of_one_, group.size() == 1 ? 1 : 0);
  wal_bytes_.store(connection_->wal_bytes(), std::memory_order_relaxed);
  if (wal_bytes() < wal_bytes_max_) {
    next_checkpoint_bytes_ = wal_bytes_max_;  // the log has started over
  }
}

bool Combiner::ready(Member& own) {
  if (own.deadline.over()) {
    own.answer = deadline_over();
    own.answered = true;
    return false;
  }
  if (!connection_) {
    auto opened = open_();
    if (!opened) {
      own.answer = std::move(opened).error();
      own.answered = true;
      return false;
    }
    connection_ = std::move(opened).value();
  }
  const Failure failure = connection_->begin_write(own.deadline);
  busy_waits_.store(closed_busy_waits_ + connection_->busy_waits(), std::memory_order_relaxed);
  if (!failure) {
    return true;
  }
  forget_transaction();
  if (failure.fault == Fault::io && open_ && own.tries++ == 0) {
    drop_connection();
    return false;  // and comes again with a new connection
  }
  own.answer = to_error(failure);
  own.answered = true;
  return false;
}

// False when the group is broken up; then it has been rolled back.
bool Combiner::run_works(Member& own, Group& group) {
  const auto end = SqliteConnection::Monotonic::now() + group_time_max;
  group.add(own);
  if (!run_member(own)) {
    forget_transaction();
    settle_first(own);
    return false;
  }
  if (own.alone) {
    return true;
  }
  while (!group.is_full()) {
    Member* member = next_member(end);
    if (member == nullptr) {
      break;
    }
    group.add(*member);
    if (member->deadline.over()) {
      member->answer = deadline_over();
    } else if (!run_member(*member)) {
      break_up(*member, own, group);
      return false;
    }
  }
  return true;
}

// Nobody when nobody waits, when the next one runs alone, and when the group's time is over.
Combiner::Member* Combiner::next_member(SqliteConnection::Monotonic::time_point end) {
  const std::lock_guard lock(mutex_);
  Member* next = queue_.first;
  if (next == nullptr || next->alone || SqliteConnection::Monotonic::now() >= end) {
    return nullptr;
  }
  queue_.remove(*next);
  return next;
}

// True when the transaction can go on and be committed: the work succeeded, or failed without
// having written.
bool Combiner::run_member(Member& member) {
  const std::int64_t writes_before = connection_->writes();
  Transaction transaction(*connection_);
  bool threw = false;
  connection_->interrupt_at(member.deadline.at());
  try {
    const Inside inside(owner_);
    member.answer = (*member.work)(transaction);
  } catch (const std::bad_alloc&) {
    threw = true;
    Failure failure;
    failure.fault = Fault::out_of_memory;
    member.answer = to_error(failure);
  } catch (...) {
    threw = true;
    member.answer = exception_error();
  }
  connection_->close_cursors();
  connection_->never_interrupt();
  member.fault = Fault::none;
  if (transaction.failed() && !threw) {
    member.fault = transaction.failure().fault;
    member.answer = to_error(transaction.failure());
  }
  const bool wrote = connection_->writes() != writes_before;
  if (!connection_->in_transaction()) {
    if (member.answer.ok()) {
      member.answer = exception_error();  // the work ended a transaction that is not its own
    }
    return false;
  }
  if (member.kind == Kind::reading && wrote) {
    Failure failure;
    failure.fault = member.fault = Fault::misuse;
    member.answer = to_error(failure);
    return false;
  }
  return member.answer.ok() || (!threw && !wrote && is_harmless(member.fault));
}

void Combiner::checkpoint_if_large() {
  if (!connection_ || wal_bytes() < next_checkpoint_bytes_) {
    return;
  }
  // A reader that stays keeps the WAL from starting over; then it is tried again only when more has
  // been written. Failing is no harm: what is committed stays in the WAL.
  static_cast<void>(connection_->checkpoint(checkpoint_mode_));
  next_checkpoint_bytes_ = wal_bytes() + std::min(checkpoint_again_bytes, wal_bytes_max_);
}

Metrics Combiner::metrics() const {
  Metrics metrics;
  metrics.commits = commits_.load(std::memory_order_relaxed);
  metrics.groups_of_one = groups_of_one_.load(std::memory_order_relaxed);
  metrics.members = members_.load(std::memory_order_relaxed);
  metrics.retries = retries_.load(std::memory_order_relaxed);
  metrics.busy_waits = busy_waits_.load(std::memory_order_relaxed);
  metrics.statements = statements_.load(std::memory_order_relaxed);
  return metrics;
}

}  // namespace kameng::sql::sqlite
