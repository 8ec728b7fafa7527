// verify.hpp - the check of the whole log, for system.verify.
#pragma once

#include <vector>

#include "audit/checkpoint.hpp"
#include "base/finding.hpp"
#include "sql/transaction.hpp"

namespace kameng::audit {

// Hashes every entry once, in bounded memory, and tells: audit.positions (contiguous from 1, and no
// entry waits for one that is older by ten minutes than the last run of due work, at `due_run_ms`),
// audit.tiles (what is stored is what the entries hash to), audit.checkpoints (each has the root of
// that many entries, and its note says so, signed).
[[nodiscard]] std::vector<Finding> verify(sql::Transaction& tx, std::string_view origin,
                                          const crypto::PublicKey& key, TimeMs due_run_ms);

}  // namespace kameng::audit
