// fold.hpp - "a snapshot plus unfolded rows": how a sum that everybody changes is kept without a
// row that everybody locks.
//
// The trade only inserts small rows (ledger entries, stock deltas). A job folds them, a bounded
// chunk per transaction, into a snapshot table. Whoever needs the sum adds the rows that are not
// folded yet, so the answer is the same before, between and after folds. The folder that owns the
// tables writes the statements; here is the order in which they run.
//
// On SQLite, whose writer is alone, ids become visible in their order: what is picked is told by
// the last id, and a mark that moves is enough. On servers a transaction may commit after others
// that have greater ids, so exactly the rows that were picked are folded and deleted, by their ids.
// Folds there run one after another, behind the lock of one row that the trade never touches; what
// is committed is picked by plain read, which waits for no open transaction.
#pragma once

#include <cstdint>
#include <vector>

#include "sql/id_list.hpp"
#include "sql/transaction.hpp"

namespace kameng::sql {

struct Fold {
  // Servers: SELECT ... FOR UPDATE of the one row behind which folds queue.
  Statement lock;
  // The ids of the first `?` rows that are not folded, in their order.
  Statement pick;
  // Adds what was picked to the snapshot, grouped. `?`: the last id picked; on servers all of them
  // (id_list.hpp).
  Statement add;
  // Makes it count as folded: moves the mark to `?`; on servers deletes the rows.
  Statement settle;
};

// Folds up to `rows_max` rows. True when that many were there, so there may be more; without rows
// it writes nothing.
[[nodiscard]] inline bool fold(Transaction& tx, const Fold& statements, int rows_max) {
  const bool in_order = tx.is_only_writer();
  if (!in_order && !tx.query(statements.lock).next()) {
    return false;  // a failed transaction
  }
  std::vector<std::int64_t> picked;
  {
    Rows rows = tx.query(statements.pick, rows_max);
    while (rows.next()) {
      picked.push_back(rows.int64(0));
    }
  }
  if (picked.empty()) {
    return false;
  }
  if (in_order) {
    tx.run(statements.add, picked.back());
    tx.run_exactly(1, statements.settle, picked.back());
  } else {
    const std::string ids = id_list(picked);
    tx.run(statements.add, ids);
    tx.run_exactly(static_cast<std::int64_t>(picked.size()), statements.settle, ids);
  }
  return !tx.failed() && picked.size() == static_cast<std::size_t>(rows_max);
}

}  // namespace kameng::sql
