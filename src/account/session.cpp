// session.cpp - sessions.
#include "account/session.hpp"

#include <algorithm>

#include "account/account_sql.hpp"
#include "account/factor_sql.hpp"

namespace kameng::account {

std::string session_token(const keys::KeyRing& keys, SessionId id, const SessionNonce& nonce) {
  return "kst_" + std::string(keys.derive("session", id.bytes, nonce).view());
}

crypto::Hash32 session_token_hash(const keys::KeyRing& keys, std::string_view token) {
  return keys.hash_of_secret(token);
}

std::optional<Session> authenticate(sql::Transaction& tx, const keys::KeyRing& keys,
                                    std::string_view token, TimeMs now_ms,
                                    std::int64_t session_ms) {
  sql::Rows rows = tx.query(find_session_by_token, session_token_hash(keys, token), now_ms);
  if (!rows.next() || !rows.is_null(4)) {
    return std::nullopt;
  }
  Session session;
  session.session_id = rows.id<SessionId>(0);
  session.account_id = rows.id<AccountId>(1);
  session.needs_renewal = now_ms - rows.int64(2) >= session_ms / 10;
  session.status = parse_account_status(rows.text_view(3));
  session.roles = Roles(rows.int64(5));
  session.supplier_id = rows.maybe_text(6);
  session.proved_at_ms = rows.maybe_int64(7);
  session.factor_at_ms = rows.maybe_int64(8);
  return session;
}

void renew(sql::Transaction& tx, SessionId id, TimeMs now_ms, std::int64_t session_ms) {
  tx.run(renew_session, now_ms, now_ms + session_ms, id);
}

std::int64_t revoke_sessions(sql::Transaction& tx, AccountId id,
                             const std::optional<SessionId>& keep) {
  return tx.run_count(revoke_sessions_of, id, keep.value_or(SessionId{}));
}

std::optional<SessionNonce> find_nonce(sql::Transaction& tx, SessionId id) {
  sql::Rows rows = tx.query(find_session_nonce, id);
  SessionNonce nonce{};
  if (!rows.next() || rows.blob_view(0).size() != nonce.size()) {
    return std::nullopt;
  }
  const ByteView stored = rows.blob_view(0);
  std::copy(stored.begin(), stored.end(), nonce.begin());
  return nonce;
}

}  // namespace kameng::account
