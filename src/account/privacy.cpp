#include "account/privacy.hpp"

#include "account/account_sql.hpp"
#include "account/api_key_sql.hpp"
#include "account/factor_sql.hpp"
#include "account/privacy_sql.hpp"
#include "account/verification_sql.hpp"
#include "queue/outbox.hpp"

namespace kameng::account {
namespace {

// Codes that were sent there, and messages that are still on their way.
void forget_contact(sql::Transaction& tx, const Bytes& blind) {
  std::vector<std::string> subjects;
  for (sql::Rows rows = tx.query(list_verifications_of_contact, blind); rows.next();) {
    subjects.push_back(rows.id<VerificationId>(0).text());
  }
  for (const std::string& subject : subjects) {
    for (const queue::StoredCall& message : queue::unanswered(tx, subject)) {
      queue::finish(tx, message.call.id, queue::CallState::done);
      queue::empty(tx, message.call.id);
    }
  }
  tx.run(delete_verifications_of_contact, blind);
}

}  // namespace

void add_consent(sql::Transaction& tx, AccountId id, const privacy::Consent& consent) {
  tx.run_exactly(1, insert_consent, id, consent.text, consent.version,
                 std::int64_t{consent.granted ? 1 : 0}, consent.at_ms);
}

std::vector<privacy::Consent> consents_of(sql::Transaction& tx, AccountId id, int limit) {
  std::vector<privacy::Consent> consents;
  sql::Rows rows = tx.query(list_consents, id, limit);
  while (rows.next()) {
    consents.push_back({rows.text(0), rows.text(1), rows.int64(2) != 0, rows.int64(3)});
  }
  return consents;
}

std::optional<TimeMs> erased_at(sql::Transaction& tx, AccountId id) {
  sql::Rows rows = tx.query(find_erasure, id);
  return rows.next() ? std::optional<TimeMs>(rows.int64(0)) : std::nullopt;
}

void erase_person(sql::Transaction& tx, AccountId id, TimeMs now_ms) {
  if (!erased_at(tx, id)) {
    tx.run_exactly(1, insert_erasure, id, now_ms);
  }
  std::vector<Bytes> blinds;
  {
    sql::Rows rows = tx.query(find_contact_blinds, id);
    for (const bool found = rows.next(); const int column : {0, 1}) {
      if (found && !rows.is_null(column)) {
        blinds.push_back(rows.blob(column));
      }
    }
  }
  for (const Bytes& blind : blinds) {
    forget_contact(tx, blind);
  }
  tx.run(delete_api_keys_of, id);
  tx.run(delete_recovery, id);
  tx.run(delete_factor, id);
  tx.run(delete_sessions, id);
  tx.run(erase_account_row, now_ms, Bytes(), id);
}

std::vector<Erasure> erasures_after(sql::Transaction& tx, AccountId after, int limit) {
  std::vector<Erasure> erasures;
  sql::Rows rows = tx.query(list_erasures, after, limit);
  while (rows.next()) {
    erasures.push_back({rows.id<AccountId>(0), rows.int64(1)});
  }
  return erasures;
}

}  // namespace kameng::account
