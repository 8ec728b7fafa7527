// checkpoint_row.hpp - reads a stored checkpoint: columns size, root, at_ms, note. Private to this
// folder.
#pragma once

#include <optional>

#include "audit/checkpoint.hpp"

namespace kameng::audit {

// Nothing for a root that is no hash.
[[nodiscard]] std::optional<Checkpoint> read_checkpoint(const sql::Rows& row);

}  // namespace kameng::audit
