// combiner.hpp - many callers, one writer, one commit.
//
// Flat combining. A caller who finds nobody leading becomes the leader: it begins a transaction,
// runs its own work and then that of everybody who waits, on its own thread, and commits once for
// all of them. There is no thread of ours and no savepoint. The rules are these:
//
//   * A group ends after 64 works, after 5 ms, or when nobody waits. Everybody is answered after
//     the commit, those that were refused too: what a work has read may be another member's write.
//   * A work that fails after it has written, throws, or finds its transaction gone, ends the
//     group: all of it is rolled back, nobody is answered, the others run again together and the
//     one that failed runs alone.
//   * A caller may go away at its deadline until its turn starts. After that it waits for the
//     commit.
//   * A commit that ends with an I/O error may have happened or not. The connection is opened anew,
//     which settles it, and the group runs again: each work finds its own traces when it did
//     happen.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "sql/database.hpp"
#include "sql/sqlite/connection.hpp"

namespace kameng::sql::sqlite {

class Combiner {
 public:
  enum class Kind {
    grouped,
    alone,    // never shares a transaction
    reading,  // must not write; in memory, where readers have no connection of their own
  };
  using Open = std::function<Result<std::unique_ptr<SqliteConnection>>()>;

  // `open` opens the connection anew after an unknown outcome; without it there is nothing to open
  // (in memory). `owner` is whose works these are (nesting.hpp).
  Combiner(const void* owner, std::unique_ptr<SqliteConnection> connection, Open open,
           const Options& options);
  Combiner(const Combiner&) = delete;
  Combiner& operator=(const Combiner&) = delete;

  // Any thread. Returns after the commit that contains the work.
  [[nodiscard]] Result<void> submit(const Deadline& deadline, const Work& work, Kind kind);
  [[nodiscard]] Metrics metrics() const;
  [[nodiscard]] std::int64_t wal_bytes() const noexcept {
    return wal_bytes_.load(std::memory_order_relaxed);
  }

 private:
  enum class Signal { none, answered, lead };
  struct Member;
  struct Group;
  // The callers that wait, first come first served, linked through the members themselves: waiting
  // allocates nothing.
  struct Queue {
    Member* first = nullptr;
    Member* last = nullptr;
    void push_back(Member& member) noexcept;
    void push_front(Member& member) noexcept;
    void remove(Member& member) noexcept;
  };

  [[nodiscard]] bool lead_or_queue(Member& member);
  [[nodiscard]] Signal wait(Member& member);
  void lead(Member& own);
  void hand_over();
  static void wake(Member& member, Signal how);
  static void release(Group& group, const Member& own);

  [[nodiscard]] bool ready(Member& own);  // the connection is open and has begun
  void run_group(Member& own, Group& group);
  [[nodiscard]] bool run_works(Member& own, Group& group);
  [[nodiscard]] Member* next_member(SqliteConnection::Monotonic::time_point end);
  [[nodiscard]] bool run_member(Member& member);
  void commit_failed(const Failure& failure, Member& own, Group& group);
  void break_up(Member& culprit, Member& own, Group& group);
  void settle_first(Member& member);
  void run_again(Group& group, Member& own, const Failure& failure);
  void queue_again(Group& group, const Member& own);
  void give_up(const Member& own, Group& group);
  void forget_transaction();
  void drop_connection();
  void checkpoint_if_large();

  const void* const owner_;
  std::mutex mutex_;  // of the queue and of who leads
  Queue queue_;
  bool led_ = false;

  // Everything below belongs to the leader.
  std::unique_ptr<SqliteConnection> connection_;
  Open open_;
  const std::int64_t wal_bytes_max_;
  const int checkpoint_mode_;
  std::int64_t next_checkpoint_bytes_;
  std::int64_t closed_statements_ = 0, closed_busy_waits_ = 0;
  std::atomic<std::int64_t> commits_{0}, groups_of_one_{0}, members_{0}, retries_{0};
  std::atomic<std::int64_t> statements_{0}, busy_waits_{0}, wal_bytes_{0};
};

}  // namespace kameng::sql::sqlite
