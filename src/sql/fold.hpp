// fold.hpp - "a snapshot plus unfolded rows": how a sum that everybody changes is kept without a
// row that everybody locks.
//
// The trade only inserts small rows (ledger entries, stock deltas). A job folds them, a bounded
// chunk per transaction, into a snapshot table. Whoever needs the sum adds the rows that are not
// folded yet, so the answer is the same before, between and after folds. The folder that owns the
// tables writes the statements; here is the order in which they run.
//
// Rows are folded in the order of their ids. That is safe where ids become visible in order, as
// with SQLite's one writer.
#pragma once

#include <cstdint>

#include "sql/transaction.hpp"

namespace kameng::sql {

struct Fold {
  // One row (count, greatest id) over the first `?` unfolded rows: SELECT count(*), max(id) FROM
  // (SELECT ... LIMIT ?).
  Statement pick;
  // Adds the unfolded rows with id <= `?` to the snapshot, grouped: INSERT ... SELECT ... ON
  // CONFLICT ... DO UPDATE.
  Statement add;
  // Makes the rows with id <= `?` count as folded: moves a mark, or deletes them.
  Statement settle;
};

// Folds up to `rows_max` rows. True when that many were there, so there may be more; without rows
// it writes nothing.
[[nodiscard]] inline bool fold(Transaction& tx, const Fold& statements, int rows_max) {
  std::int64_t count = 0;
  std::int64_t through = 0;
  {
    Rows rows = tx.query(statements.pick, rows_max);
    if (!rows.next() || rows.int64(0) == 0) {
      return false;
    }
    count = rows.int64(0);
    through = rows.int64(1);
  }
  tx.run(statements.add, through);
  tx.run(statements.settle, through);
  return !tx.failed() && count == rows_max;
}

}  // namespace kameng::sql
