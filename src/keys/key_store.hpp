// key_store.hpp - the key ring in its table: opened with the master key, created when the table is
// empty.
#pragma once

#include <memory>

#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "keys/key_ring.hpp"
#include "keys/master_key.hpp"
#include "sql/transaction.hpp"

namespace kameng::keys {

// Whether data keys are stored. When they are, a missing key file must never be replaced by a new
// one.
[[nodiscard]] bool has_rows(sql::Transaction& tx);

// Opens the stored keys, and draws and stores one for each purpose that has none. To be called
// inside a write transaction, which may run several times: each run stands for itself. Fails with
// FAILED_PRECONDITION vault.key_wrong when the rows were sealed under a master key that is not
// among `masters`, and DATA_LOSS vault.key_damaged when a row does not open although its master key
// is there. After a failed statement it returns the transaction's own error.
[[nodiscard]] Result<std::shared_ptr<const KeyRing>> open_ring(
    sql::Transaction& tx, const std::shared_ptr<const MasterKeys>& masters, Random& random,
    TimeMs now_ms);

}  // namespace kameng::keys
