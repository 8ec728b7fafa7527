// log.hpp - the audit log: append, and read in order. The same rows are the event feed that a host
// pulls.
//
// An entry's body is canonical JSON and is hashed as it stands, so whoever has the bodies can
// recompute the tree. Positions count from 1; the tree's leaf index is the position minus 1.
//
// Not here: the tree over the entries (tree.hpp), its signed heads (checkpoint.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "sql/transaction.hpp"

namespace kameng::audit {

// {"at_ms":...,"actor":"...","kind":"...","subject":"...","details":{...}}, fields in this order,
// details as given.
[[nodiscard]] std::string entry_body(const Entry& entry, std::string_view actor, TimeMs now_ms);

// One statement for up to six entries.
void append(sql::Transaction& tx, std::span<const Entry> entries, std::string_view actor,
            TimeMs now_ms);

// How many entries have a position: the last one.
[[nodiscard]] std::int64_t size(sql::Transaction& tx);
[[nodiscard]] std::optional<std::string> body_at(sql::Transaction& tx, std::int64_t position);

struct Event {
  std::int64_t position = 0;
  std::string body;
};

struct Events {
  std::vector<Event> items;
  std::int64_t next =
      0;  // the position to ask after next time; beyond unpublished entries that were passed over
  bool more = false;
};

// Up to `limit` published entries after `position`. Looks at a bounded number of entries, so a page
// may be short, even empty, while `more` is true.
[[nodiscard]] Events events_after(sql::Transaction& tx, std::int64_t position, int limit);

}  // namespace kameng::audit
