// security_event.hpp - what a person is told of who got into their account, and how.
#pragma once

#include <optional>
#include <vector>

#include <kameng/id.hpp>

#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/command.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// The entries of the audit log that are about this account, kept where its owner finds them.
void note_events(sql::Transaction& tx, AccountId id, const std::vector<audit::Entry>& entries,
                 const std::optional<SessionId>& session, TimeMs now_ms);

// What the caller does with their own account, or staff with somebody's: their session is not told.
void note_events(sql::Transaction& tx, const command::Command& command, AccountId id,
                 const std::vector<audit::Entry>& entries);

}  // namespace kameng::account
