// sequencer.hpp - gives entries their positions on servers.
//
// Transactions there commit in another order than that of their ids, and whoever reads the log by
// position must never be overtaken: so an entry is written without one, and gets the next position
// once it is committed. What is committed is seen by a plain read, which waits for nobody; one
// sequencer works at a time, behind the lock of the head row. On SQLite the writer is alone, each
// entry gets its position as it is written, and nothing here does anything.
#pragma once

#include "sql/transaction.hpp"

namespace kameng::audit {

// Places up to `entries_max` committed entries, in the order of their ids. True when there may be
// more.
[[nodiscard]] bool sequence(sql::Transaction& tx, int entries_max);

// Waits until no other transaction changes what hangs on positions: the sequencer's and the tree's.
// False in a transaction that has failed.
[[nodiscard]] bool lock_head(sql::Transaction& tx);

// Before the first write behind that lock. Nodes of a cluster do not see each other's locks: of two
// that have taken the turn, the one that commits second runs again. On MariaDB always: a session
// that was opened while its node was cut off does not know that it is in a cluster.
void take_turn(sql::Transaction& tx);

}  // namespace kameng::audit
