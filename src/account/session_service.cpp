#include "account/session_service.hpp"

#include <algorithm>

#include "account/account_sql.hpp"
#include "account/factor.hpp"
#include "account/factor_sql.hpp"
#include "account/permissions.hpp"
#include "account/person.hpp"
#include "account/security_event.hpp"
#include "account/session.hpp"

namespace kameng::account {
namespace {

constexpr int sessions_shown = 200;

Error no_session() {
  return {Status::failed_precondition, "session.none",
          "Only who came with a token has a session to prove."};
}

struct RevokePlan {
  std::vector<SessionId> sessions;
  std::vector<audit::Entry> entries;
};

struct ProveFacts {
  FactorFacts factor;
  bool password_given = false;
  bool password_right = false;
  Tries tries;  // passwords that were wrong
};
struct ProvePlan {
  ProveFacts facts;
  std::vector<audit::Entry> entries;
};

command::Decision<ProvePlan> decide(const ProveFacts& facts, TimeMs now_ms) {
  using Decision = command::Decision<ProvePlan>;
  if (facts.factor.enabled) {
    std::optional<Error> refusal = judge(facts.factor, "factor_code", now_ms);
    return refusal ? Decision::refuse(std::move(*refusal), {facts, {}})
                   : Decision::accept({facts, {}});
  }
  if (!facts.password_given) {
    return Decision::refuse(Error{Status::invalid_argument, "proof.password_missing",
                                  "Give the password; there is no second factor."}
                                .at("password"));
  }
  if (facts.tries.is_locked(now_ms)) {
    return Decision::refuse(
        Error{Status::resource_exhausted, "proof.locked",
              "Too many wrong passwords. Wait a quarter of an hour."}
            .with(Retry::later)
            .detail("retry_after_ms", std::to_string(facts.tries.retry_after_ms(now_ms))));
  }
  if (!facts.password_right) {
    return Decision::refuse(Error{Status::unauthenticated, "account.bad_credentials",
                                  "This is not the account's password."}
                                .at("password"),
                            {facts, {}});
  }
  return Decision::accept({facts, {}});
}

// The code is used, or a try is counted; a right password makes the wrong ones forgotten.
void settle_proof(sql::Transaction& tx, AccountId id, const ProveFacts& facts, TimeMs now_ms) {
  if (facts.factor.enabled) {
    settle_factor(tx, id, facts.factor, now_ms);
    return;
  }
  const Tries tries = facts.password_right ? Tries{} : facts.tries.after_wrong(now_ms);
  if (!facts.password_right || facts.tries.count > 0) {
    tx.run_exactly(1, set_proof_tries, tries.count, tries.from_ms, id, facts.tries.count);
  }
}

struct SessionRow {
  session::View view;
  std::optional<Bytes> device, user_agent, ip;
};

Result<std::optional<std::string>> opened(const SecretBytes& key, std::string_view column,
                                          AccountId id, const std::optional<Bytes>& sealed) {
  if (!sealed) {
    return std::optional<std::string>();
  }
  KAMENG_TRY(const SecretText text, open_value(key, column, id, *sealed));
  return std::optional<std::string>(std::string(text.view()));
}

}  // namespace

Result<session::Sessions> SessionService::list(command::Query& query,
                                               const session::List& /*request*/) {
  KAMENG_TRY(const AccountId id, acting_customer(query.actor()));
  std::vector<SessionRow> found;
  {
    sql::Rows rows = query.tx.query(list_open_sessions, id, query.call.now_ms, sessions_shown);
    while (rows.next()) {
      SessionRow& row = found.emplace_back();
      row.view.session_id = rows.id<SessionId>(0);
      row.view.current = query.actor().session_id == row.view.session_id;
      row.view.created_at_ms = rows.int64(1);
      row.view.last_seen_ms = rows.int64(2);
      row.view.expires_at_ms = rows.int64(3);
      row.device = rows.maybe_blob(4);
      row.user_agent = rows.maybe_blob(5);
      row.ip = rows.maybe_blob(6);
    }
  }
  session::Sessions sessions;
  if (found.empty()) {
    return sessions;
  }
  Bytes sealed_key;
  {
    sql::Rows rows = query.tx.query(find_person_key, id);
    if (rows.next()) {
      sealed_key = rows.blob(0);
    }
  }
  KAMENG_TRY(const SecretBytes key, open_person_key(query.keys(), id, sealed_key));
  for (SessionRow& row : found) {
    KAMENG_TRY(row.view.device, opened(key, session_device, id, row.device));
    KAMENG_TRY(row.view.user_agent, opened(key, session_user_agent, id, row.user_agent));
    KAMENG_TRY(row.view.ip, opened(key, session_ip, id, row.ip));
    sessions.items.push_back(std::move(row.view));
  }
  return sessions;
}

Result<session::Revoked> SessionService::revoke(command::Command& command,
                                                const session::Revoke& request) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  return command.phase<session::Revoked>([&](sql::Transaction& tx) {
    using Decision = command::Decision<RevokePlan>;
    bool known = false;
    bool open = false;
    {
      sql::Rows rows = tx.query(find_session_revoked, request.session_id, id);
      known = rows.next();
      open = known && rows.int64(0) == 0;
    }
    RevokePlan plan;
    if (open) {
      plan.sessions.push_back(request.session_id);
      plan.entries.push_back(
          {"session.revoked", id.text(), {{"session_id", request.session_id.text()}}});
    }
    Decision decision = known ? Decision::accept(std::move(plan))
                              : Decision::refuse(Error{Status::not_found, "session.not_found",
                                                       "There is no such session of yours."}
                                                     .at("session_id"));
    return command.settle<session::Revoked>(tx, std::move(decision),
                                            [&](const RevokePlan& settled) {
                                              note_events(tx, command, id, settled.entries);
                                              for (const SessionId& session : settled.sessions) {
                                                tx.run_exactly(1, revoke_session, session);
                                              }
                                              return session::Revoked{std::ssize(settled.sessions)};
                                            });
  });
}

Result<session::Revoked> SessionService::revoke_all(command::Command& command,
                                                    const session::RevokeAll& request) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  const std::optional<SessionId> keep =
      request.keep_current ? command.actor().session_id : std::nullopt;
  return command.phase<session::Revoked>([&](sql::Transaction& tx) {
    RevokePlan plan;
    plan.entries.push_back({"session.all_revoked", id.text()});
    return command.settle<session::Revoked>(
        tx, command::Decision<RevokePlan>::accept(std::move(plan)), [&](const RevokePlan& settled) {
          note_events(tx, command, id, settled.entries);
          return session::Revoked{revoke_sessions(tx, id, keep)};
        });
  });
}

Result<session::Proved> SessionService::prove(command::Command& command,
                                              const session::Prove& request) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  if (!command.actor().session_id) {
    return no_session();
  }
  ProveFacts facts;
  facts.password_given = request.password.has_value();
  std::string stored;
  KAMENG_CHECK(command.environment().database.read(
      command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
        sql::Rows rows = tx.query(find_person_key, id);
        stored = rows.next() ? rows.text(1) : std::string();
        return {};
      }));
  if (request.password) {
    KAMENG_TRY(facts.password_right,
               passwords_->verify(*request.password, stored, command.keys(), command.deadline()));
  }
  const TimeMs now_ms = command.now_ms();
  return command.phase<session::Proved>([&](sql::Transaction& tx) {
    ProveFacts seen = facts;
    {
      sql::Rows rows = tx.query(find_proof_tries, id);
      if (rows.next()) {
        seen.tries = {rows.int64(0), rows.int64(1)};
      }
    }
    seen.factor = read_factor(tx, command.keys(), id, request.factor_code, now_ms);
    return command.settle<session::Proved>(
        tx, decide(seen, now_ms),
        [&](const ProvePlan& plan) {
          const bool by_factor = plan.facts.factor.enabled;
          settle_proof(tx, id, plan.facts, now_ms);
          tx.run(prove_session, now_ms, by_factor ? std::optional<TimeMs>(now_ms) : std::nullopt,
                 *command.actor().session_id);
          return session::Proved{now_ms + proof_fresh_ms};
        },
        [&](const ProvePlan& plan) { settle_proof(tx, id, plan.facts, now_ms); });
  });
}

}  // namespace kameng::account
