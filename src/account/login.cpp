// login.cpp - signing in.
#include "account/login.hpp"

#include "account/account_sql.hpp"

namespace kameng::account {

std::optional<Credentials> find_credentials(sql::Transaction& tx, const Blinds& blinds) {
  sql::Rows rows = blinds.email ? tx.query(find_email_blind, *blinds.email)
                                : tx.query(find_phone_blind, blinds.phone);
  if (!rows.next()) {
    return std::nullopt;
  }
  return Credentials{rows.id<AccountId>(0), rows.text(1)};
}

std::optional<LoginFacts> read_facts(sql::Transaction& tx, const NewSession& session) {
  sql::Rows rows = tx.query(find_login_state, session.account_id);
  if (!rows.next() || rows.text_view(1) != session.verified_hash) {
    return std::nullopt;
  }
  return LoginFacts{parse_account_status(rows.text_view(0))};
}

command::Decision<LoginPlan> decide(const LoginFacts& facts, const NewSession& session) {
  using Decision = command::Decision<LoginPlan>;
  if (facts.status != AccountStatus::active) {
    return Decision::refuse(
        Error{Status::permission_denied, "account.frozen", "This account is frozen."});
  }
  LoginPlan plan;
  plan.session = session;
  plan.entries.push_back(
      {"account.logged_in", session.account_id.text(), {{"session_id", session.id.text()}}});
  return Decision::accept(std::move(plan));
}

LoggedIn apply(sql::Transaction& tx, const LoginPlan& plan) {
  const NewSession& session = plan.session;
  // Whoever signs in sweeps up: no session outlives its end by more than the person's next visit.
  tx.run(delete_expired_sessions, session.account_id, session.created_at_ms);
  tx.run_exactly(1, insert_session, session.id, session.account_id, session.nonce,
                 session.token_hash, session.created_at_ms, session.expires_at_ms,
                 session.created_at_ms, session.created_at_ms, session.factor_at_ms);
  if (session.better_hash) {
    tx.run_exactly(1, update_password_hash, *session.better_hash, session.account_id);
  }
  LoggedIn answer;
  answer.account_id = session.account_id;
  answer.session_id = session.id;
  answer.expires_at_ms = session.expires_at_ms;
  return answer;
}

}  // namespace kameng::account
