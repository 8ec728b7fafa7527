#include "account/security_event.hpp"

#include "account/centre_sql.hpp"

namespace kameng::account {

void note_events(sql::Transaction& tx, AccountId id, const std::vector<audit::Entry>& entries,
                 const std::optional<SessionId>& session, TimeMs now_ms) {
  for (const audit::Entry& entry : entries) {
    tx.run_exactly(1, insert_event, id, entry.kind, session, now_ms);
  }
}

void note_events(sql::Transaction& tx, const command::Command& command, AccountId id,
                 const std::vector<audit::Entry>& entries) {
  const bool is_own = command.actor().account_id == id;
  note_events(tx, id, entries, is_own ? command.actor().session_id : std::nullopt,
              command.now_ms());
}

}  // namespace kameng::account
