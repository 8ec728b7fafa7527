// sequencer.cpp - see sequencer.hpp.
#include "audit/sequencer.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "audit/audit_sql.hpp"
#include "audit/log.hpp"

namespace kameng::audit {

bool lock_head(sql::Transaction& tx) {
  return tx.is_only_writer() || tx.query(head_lock).next();
}

void take_turn(sql::Transaction& tx) {
  if (tx.dialect() == sql::Dialect::mariadb) {
    tx.run_exactly(1, head_turn);
  }
}

bool sequence(sql::Transaction& tx, int entries_max) {
  if (tx.is_only_writer() || !lock_head(tx)) {
    return false;
  }
  std::vector<std::int64_t> unplaced;
  {
    sql::Rows rows = tx.query(entries_unplaced, entries_max);
    while (rows.next()) {
      unplaced.push_back(rows.int64(0));
    }
  }
  if (unplaced.empty()) {
    return false;
  }
  take_turn(tx);
  std::sort(unplaced.begin(), unplaced.end());
  tx.run_exactly(static_cast<std::int64_t>(unplaced.size()), entries_place, sql::id_list(unplaced),
                 size(tx));
  return !tx.failed() && unplaced.size() == static_cast<std::size_t>(entries_max);
}

}  // namespace kameng::audit
