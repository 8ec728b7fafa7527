#include "account/factor_service.hpp"

#include "account/account_row.hpp"
#include "account/account_sql.hpp"
#include "account/account_status.hpp"
#include "account/factor.hpp"
#include "account/factor_sql.hpp"
#include "account/permissions.hpp"
#include "account/person.hpp"
#include "account/security_event.hpp"
#include "account/totp.hpp"

namespace kameng::account {
namespace {

struct FactorPlan {
  FactorFacts facts;
  std::vector<audit::Entry> entries;
};
using Decision = command::Decision<FactorPlan>;

Error none() {
  return {Status::failed_precondition, "factor.none", "No authenticator app is enrolled."};
}
Error exists() {
  return {Status::failed_precondition, "factor.exists",
          "There is a second factor already; disable it first."};
}

Decision decide_enroll(const FactorFacts& facts) {
  return facts.enabled ? Decision::refuse(exists()) : Decision::accept({facts, {}});
}

Decision decide_confirm(const FactorFacts& facts, AccountId id, TimeMs now_ms) {
  if (!facts.exists) {
    return Decision::refuse(none());
  }
  if (facts.enabled) {
    return Decision::refuse(exists());
  }
  if (std::optional<Error> refusal = judge(facts, "code", now_ms)) {
    return Decision::refuse(std::move(*refusal), {facts, {}});
  }
  return Decision::accept({facts, {{"factor.enabled", id.text()}}});
}

Decision decide_renew(const FactorFacts& facts, AccountId id) {
  return facts.enabled ? Decision::accept({facts, {{"factor.recovery_renewed", id.text()}}})
                       : Decision::refuse(none());
}

Decision decide_disable(const FactorFacts& facts, const command::Actor& actor, AccountId id) {
  if (!actor.roles.none()) {
    return Decision::refuse(Error{Status::failed_precondition, "factor.needed_by_role",
                                  "Staff need their second factor."});
  }
  FactorPlan plan{facts, {}};
  if (facts.enabled) {
    plan.entries.push_back({"factor.disabled", id.text()});
  }
  return Decision::accept(std::move(plan));
}

// Who the app's entry is for, and what seals its secret.
struct Owner {
  SecretBytes key;
  std::string label;
};

Result<Owner> find_owner(command::Command& command, AccountId id) {
  KAMENG_TRY(const AccountRow row, find_person(command, id));
  KAMENG_TRY(const Person person, open(command.keys(), id, row.person));
  KAMENG_TRY(SecretBytes key, open_person_key(command.keys(), id, row.person.person_key));
  return Owner{std::move(key), person.email.value_or(person.phone.value_or(id.text()))};
}

// The codes that the row's nonce gives, for a repeated answer.
Result<factor::Recovery> shown(command::Command& command, AccountId id) {
  std::optional<RecoveryNonce> nonce;
  KAMENG_CHECK(command.environment().database.read(
      command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
        nonce = read_factor(tx, command.keys(), id, std::nullopt, command.now_ms()).recovery_nonce;
        return {};
      }));
  if (!nonce) {
    return none();
  }
  return factor::Recovery{recovery_codes(command.keys(), id, *nonce)};
}

}  // namespace

Result<factor::Enrolled> FactorService::enroll(command::Command& command,
                                               const factor::Enroll& /*request*/) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  KAMENG_TRY(const Owner owner, find_owner(command, id));
  SecretBytes secret(totp_secret_bytes);
  command.random().fill(secret.span());
  const Bytes sealed =
      seal_value(owner.key, "factor.secret", id, as_text(secret.span()), command.random());
  const auto shown_of = [&](ByteView enrolled) {
    return factor::Enrolled{to_base32(enrolled), totp_uri(enrolled, issuer_, owner.label)};
  };
  KAMENG_TRY(factor::Enrolled answer, command.phase<factor::Enrolled>([&](sql::Transaction& tx) {
    const FactorFacts facts = read_factor(tx, command.keys(), id, std::nullopt, command.now_ms());
    return command.settle<factor::Enrolled>(
        tx, decide_enroll(facts), [&](const FactorPlan& /*plan*/) {
          tx.run(delete_factor, id);
          tx.run_exactly(1, insert_factor, id, sealed, command.now_ms());
          return shown_of(secret.span());
        });
  }));
  if (!answer.secret.empty()) {
    return answer;
  }
  // A repeated call shows what waits to be confirmed.
  std::optional<Result<SecretBytes>> kept;
  KAMENG_CHECK(command.environment().database.read(
      command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
        kept = find_pending_secret(tx, command.keys(), id);
        return {};
      }));
  KAMENG_TRY(const SecretBytes enrolled, std::move(*kept));
  return shown_of(enrolled.span());
}

Result<factor::Recovery> FactorService::confirm(command::Command& command,
                                                const factor::Confirm& request) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  const RecoveryNonce nonce = command.random().draw<16>();
  const TimeMs now_ms = command.now_ms();
  KAMENG_TRY(factor::Recovery answer, command.phase<factor::Recovery>([&](sql::Transaction& tx) {
    const FactorFacts facts = read_factor(tx, command.keys(), id, request.code, now_ms);
    return command.settle<factor::Recovery>(
        tx, decide_confirm(facts, id, now_ms),
        [&](const FactorPlan& plan) {
          settle_factor(tx, id, plan.facts, now_ms);
          note_events(tx, command, id, plan.entries);
          tx.run_exactly(1, confirm_factor, nonce, now_ms, id);
          replace_recovery_codes(tx, command.keys(), id, nonce);
          // Where there is a second factor nothing else proves who it is: a password that somebody
          // else knows must not turn it off again.
          tx.run(forget_password_proofs, id);
          if (command.actor().session_id) {
            tx.run(prove_session, now_ms, now_ms, *command.actor().session_id);
          }
          return factor::Recovery{recovery_codes(command.keys(), id, nonce)};
        },
        [&](const FactorPlan& plan) { settle_factor(tx, id, plan.facts, now_ms); });
  }));
  return answer.recovery_codes.empty() ? shown(command, id)
                                       : Result<factor::Recovery>(std::move(answer));
}

Result<factor::Recovery> FactorService::renew_recovery(command::Command& command,
                                                       const factor::RenewRecovery& /*request*/) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  const RecoveryNonce nonce = command.random().draw<16>();
  KAMENG_TRY(factor::Recovery answer, command.phase<factor::Recovery>([&](sql::Transaction& tx) {
    const FactorFacts facts = read_factor(tx, command.keys(), id, std::nullopt, command.now_ms());
    return command.settle<factor::Recovery>(
        tx, decide_renew(facts, id), [&](const FactorPlan& plan) {
          note_events(tx, command, id, plan.entries);
          tx.run_exactly(1, set_recovery_nonce, nonce, id);
          replace_recovery_codes(tx, command.keys(), id, nonce);
          return factor::Recovery{recovery_codes(command.keys(), id, nonce)};
        });
  }));
  return answer.recovery_codes.empty() ? shown(command, id)
                                       : Result<factor::Recovery>(std::move(answer));
}

Result<factor::Disabled> FactorService::disable(command::Command& command,
                                                const factor::Disable& /*request*/) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  return command.phase<factor::Disabled>([&](sql::Transaction& tx) {
    const FactorFacts facts = read_factor(tx, command.keys(), id, std::nullopt, command.now_ms());
    return command.settle<factor::Disabled>(tx, decide_disable(facts, command.actor(), id),
                                            [&](const FactorPlan& plan) {
                                              note_events(tx, command, id, plan.entries);
                                              tx.run(delete_recovery, id);
                                              tx.run(delete_factor, id);
                                              tx.run(forget_factor_proofs, id);
                                              return factor::Disabled{};
                                            });
  });
}

Result<factor::View> FactorService::get(command::Query& query, const factor::Get& /*request*/) {
  KAMENG_TRY(const AccountId id, acting_customer(query.actor()));
  const FactorFacts facts =
      read_factor(query.tx, query.keys(), id, std::nullopt, query.call.now_ms);
  return factor::View{facts.enabled, facts.enabled ? count_recovery_codes(query.tx, id) : 0,
                      facts.since_ms};
}

}  // namespace kameng::account
