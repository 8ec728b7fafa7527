// login.cpp - signing in.
#include "account/login.hpp"

#include "account/account_sql.hpp"
#include "account/security_event.hpp"

namespace kameng::account {

std::optional<Credentials> find_credentials(sql::Transaction& tx, const Blinds& blinds) {
  sql::Rows rows = blinds.email ? tx.query(find_email_blind, *blinds.email)
                                : tx.query(find_phone_blind, blinds.phone);
  if (!rows.next()) {
    return std::nullopt;
  }
  return Credentials{rows.id<AccountId>(0), rows.text(1), rows.blob(2)};
}

std::optional<LoginFacts> read_facts(sql::Transaction& tx, const keys::KeyRing& keys,
                                     const NewSession& session) {
  LoginFacts facts;
  // The code first and then the account, in the order in which password.reset locks them.
  if (session.code) {
    facts.code = read_code(tx, keys, *session.code, session.created_at_ms);
  }
  {
    sql::Rows rows = tx.query(find_login_state, session.account_id);
    facts.exists = rows.next();
    if (facts.exists) {
      facts.status = parse_account_status(rows.text_view(0));
      facts.closed = !rows.is_null(2);
    }
    if (session.verified_hash && (!facts.exists || rows.text_view(1) != *session.verified_hash)) {
      return std::nullopt;
    }
  }
  if (facts.exists) {
    facts.factor =
        read_factor(tx, keys, session.account_id, session.factor_code, session.created_at_ms);
  }
  return facts;
}

command::Decision<LoginPlan> decide(const LoginFacts& facts, const NewSession& session) {
  using Decision = command::Decision<LoginPlan>;
  LoginPlan plan;
  plan.session = session;
  plan.facts = facts;
  if (facts.code) {
    std::optional<Error> refusal = judge(*facts.code);
    if (!refusal && !facts.exists) {
      refusal =
          Error{Status::unauthenticated, "verification.wrong", "This is not the code."}.at("code");
    }
    if (refusal) {
      return Decision::refuse(std::move(*refusal), std::move(plan));
    }
  }
  if (facts.closed) {
    return Decision::refuse(
        Error{Status::permission_denied, "account.closed", "This account is closed."});
  }
  if (facts.status != AccountStatus::active) {
    return Decision::refuse(
        Error{Status::permission_denied, "account.frozen", "This account is frozen."});
  }
  if (facts.factor.enabled) {
    if (std::optional<Error> refusal = judge(facts.factor, "factor_code", session.created_at_ms)) {
      plan.facts.code.reset();  // it is not used up by this
      return Decision::refuse(std::move(*refusal), std::move(plan));
    }
  }
  plan.entries.push_back(
      {"account.logged_in", session.account_id.text(), {{"session_id", session.id.text()}}});
  return Decision::accept(std::move(plan));
}

void leave(sql::Transaction& tx, const LoginPlan& plan) {
  const NewSession& session = plan.session;
  if (plan.facts.code) {
    settle_code(tx, *session.code, *plan.facts.code, session.created_at_ms);
  } else if (plan.facts.factor.enabled) {
    settle_factor(tx, session.account_id, plan.facts.factor, session.created_at_ms);
  }
}

LoggedIn apply(sql::Transaction& tx, const LoginPlan& plan) {
  const NewSession& session = plan.session;
  if (plan.facts.code) {
    settle_code(tx, *session.code, *plan.facts.code, session.created_at_ms);
  }
  const bool by_factor = plan.facts.factor.enabled;
  if (by_factor) {
    settle_factor(tx, session.account_id, plan.facts.factor, session.created_at_ms);
  }
  // Whoever signs in sweeps up: no session outlives its end by more than the person's next visit.
  tx.run(delete_expired_sessions, session.account_id, session.created_at_ms);
  tx.run_exactly(1, insert_session, session.id, session.account_id, session.nonce,
                 session.token_hash, session.created_at_ms, session.expires_at_ms,
                 session.created_at_ms, session.created_at_ms,
                 by_factor ? std::optional<TimeMs>(session.created_at_ms) : std::nullopt,
                 session.absolute_until_ms, session.device, session.user_agent, session.ip);
  note_events(tx, session.account_id, plan.entries, session.id, session.created_at_ms);
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
