// logout.cpp - ending one's own session.
#include "account/logout.hpp"

#include "account/account_sql.hpp"

namespace kameng::account {

LogoutFacts read_facts(sql::Transaction& tx, const command::Actor& actor) {
  LogoutFacts facts;
  facts.account_id = actor.account_id;
  facts.session_id = actor.session_id;
  if (actor.account_id && actor.session_id) {
    sql::Rows rows = tx.query(find_session_revoked, *actor.session_id, *actor.account_id);
    facts.open = rows.next() && rows.int64(0) == 0;
  }
  return facts;
}

command::Decision<LogoutPlan> decide(const LogoutFacts& facts) {
  using Decision = command::Decision<LogoutPlan>;
  if (!facts.account_id || !facts.session_id) {
    return Decision::refuse(Error{Status::failed_precondition, "session.none",
                                  "Only a session that came with a token can be ended."});
  }
  LogoutPlan plan;
  if (facts.open) {
    plan.revoke = facts.session_id;
    plan.entries.push_back({"account.logged_out",
                            facts.account_id->text(),
                            {{"session_id", facts.session_id->text()}}});
  }
  return Decision::accept(std::move(plan));
}

LoggedOut apply(sql::Transaction& tx, const LogoutPlan& plan) {
  if (plan.revoke) {
    tx.run_exactly(1, revoke_session, *plan.revoke);
  }
  return {};
}

}  // namespace kameng::account
