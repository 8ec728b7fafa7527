#include "account/privacy.hpp"

#include "account/account_sql.hpp"
#include "account/api_key_sql.hpp"
#include "account/centre_sql.hpp"
#include "account/factor_sql.hpp"
#include "account/identity_sql.hpp"
#include "account/privacy_sql.hpp"
#include "account/session.hpp"
#include "account/verification_sql.hpp"
#include "queue/outbox.hpp"

namespace kameng::account {
namespace {

constexpr std::int64_t day_ms = 24LL * 60 * 60 * 1000;

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
  tx.run(delete_identities_of, id);
  tx.run(delete_deeds, id);
  tx.run(delete_events, id);
  tx.run(delete_sessions, id);
  tx.run(erase_account_row, now_ms, Bytes(), id);
}

std::int64_t prune_sessions(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max) {
  return tx.run_count(prune_sessions_rows, now_ms - ended_session_days * day_ms, rows_max);
}

std::int64_t prune_events(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max) {
  return tx.run_count(prune_events_rows, now_ms - event_days * day_ms, rows_max);
}

ClosingFacts read_closing(sql::Transaction& tx, AccountId id) {
  ClosingFacts facts;
  sql::Rows rows = tx.query(find_closing, id);
  facts.exists = rows.next() && !rows.blob_view(0).empty();
  if (facts.exists) {
    facts.closed_at_ms = rows.maybe_int64(1);
    facts.is_staff = rows.int64(2) != 0;
  }
  return facts;
}

void close(sql::Transaction& tx, AccountId id, TimeMs now_ms) {
  tx.run_exactly(1, close_account, now_ms, id);
  tx.run(delete_api_keys_of, id);
  static_cast<void>(revoke_sessions(tx, id, std::nullopt));
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
