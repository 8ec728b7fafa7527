// mark.hpp - how far housekeeping that walks a table has come, by name.
//
// The mark moves in the transaction that did the work, so nothing is walked past and what is done
// twice is done by work that may be.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "sql/transaction.hpp"

namespace kameng::queue {

// Empty at first. Whoever has taken a mark is alone with it until the transaction is over.
[[nodiscard]] Bytes take_mark(sql::Transaction& tx, std::string_view name);
void set_mark(sql::Transaction& tx, std::string_view name, const Bytes& at);

}  // namespace kameng::queue
