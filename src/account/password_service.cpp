#include "account/password_service.hpp"

#include "account/account_row.hpp"
#include "account/account_sql.hpp"
#include "account/account_status.hpp"
#include "account/login.hpp"
#include "account/permissions.hpp"
#include "account/privacy.hpp"
#include "account/security_event.hpp"
#include "account/session.hpp"
#include "account/verification.hpp"
#include "text/nfkc.hpp"

namespace kameng::account {
namespace {

struct ChangePlan {
  AccountId account_id;
  std::optional<SessionId> keep;
  std::optional<CodeFacts> code;
  std::vector<audit::Entry> entries;
};
using Decision = command::Decision<ChangePlan>;

// In whatever way it is written: as those that sign in write it.
bool is_contact_of(sql::Transaction& tx, const keys::KeyRing& keys, AccountId id,
                   std::string_view password) {
  const std::string normal = text::nfkc(password).value_or(std::string());
  const std::optional<Credentials> found =
      find_credentials(tx, blind(keys, read_identifier(normal)));
  return found && found->account_id == id;
}

Error own_contact() {
  return Error{Status::invalid_argument, "password.too_common",
               "This password is among those that are tried first."}
      .at("new_password");
}

struct ChangeFacts {
  bool exists = false;  // an erased account is a pseudonym, which nobody signs in to
  bool own_contact = false;
};

Decision decide_change(const ChangeFacts& facts, const command::Actor& actor, AccountId id) {
  if (!facts.exists) {
    return Decision::refuse(account_not_found());
  }
  if (facts.own_contact) {
    return Decision::refuse(own_contact());
  }
  return Decision::accept({id, actor.session_id, std::nullopt, {{"password.changed", id.text()}}});
}

struct ResetFacts {
  CodeFacts code;
  std::optional<CustomerFacts> customer;
  bool own_contact = false;
};

Decision decide_reset(const ResetFacts& facts) {
  ChangePlan plan{};
  plan.code = facts.code;
  std::optional<Error> refusal = judge(facts.code);
  if (!refusal && !facts.customer) {
    refusal =
        Error{Status::unauthenticated, "verification.wrong", "This is not the code."}.at("code");
  }
  if (refusal) {
    return Decision::refuse(std::move(*refusal), std::move(plan));
  }
  if (!facts.customer->active) {
    return Decision::refuse(
        Error{Status::permission_denied, "account.frozen", "This account is frozen."});
  }
  if (facts.own_contact) {
    return Decision::refuse(own_contact());  // the code is not used up by this
  }
  plan.account_id = facts.customer->id;
  plan.entries.push_back({"password.reset", plan.account_id.text()});
  return Decision::accept(std::move(plan));
}

password::Changed apply(sql::Transaction& tx, const command::Command& command,
                        const ChangePlan& plan, const std::string& hash) {
  note_events(tx, command, plan.account_id, plan.entries);
  tx.run_exactly(1, update_password_hash, hash, plan.account_id);
  return {plan.account_id, revoke_sessions(tx, plan.account_id, plan.keep)};
}

}  // namespace

Result<password::Changed> PasswordService::change(command::Command& command,
                                                  const password::Change& request) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  KAMENG_CHECK(check_new_password(request.new_password, Person{}, "new_password"));
  KAMENG_TRY(const std::string hash, passwords_->make(request.new_password, command.keys(),
                                                      command.deadline(), command.random()));
  return command.phase<password::Changed>([&](sql::Transaction& tx) {
    ChangeFacts facts;
    facts.exists = find_customer(tx, id).has_value() && !erased_at(tx, id);
    facts.own_contact = is_contact_of(tx, command.keys(), id, request.new_password);
    return command.settle<password::Changed>(
        tx, decide_change(facts, command.actor(), id),
        [&](const ChangePlan& plan) { return apply(tx, command, plan, hash); });
  });
}

Result<password::Changed> PasswordService::reset(command::Command& command,
                                                 const password::Reset& request) {
  if (request.email.has_value() == request.phone.has_value()) {
    return Error{Status::invalid_argument, "verification.one_contact",
                 "Give either email or phone."}
        .at("email");
  }
  KAMENG_TRY(const Person person, read_person(request.email, request.phone, std::nullopt));
  KAMENG_CHECK(check_new_password(request.new_password, person, "new_password"));
  const Blinds blinds = blind(command.keys(), person);
  const GivenCode given{request.verification_id, request.code, CodePurpose::reset,
                        blinds.email ? *blinds.email : *blinds.phone};
  KAMENG_TRY(const std::string hash, passwords_->make(request.new_password, command.keys(),
                                                      command.deadline(), command.random()));
  return command.phase<password::Changed>([&](sql::Transaction& tx) {
    ResetFacts facts;
    facts.code = read_code(tx, command.keys(), given, command.now_ms());
    if (const std::optional<Credentials> found = find_credentials(tx, blinds)) {
      facts.customer = find_customer(tx, found->account_id);
      facts.own_contact =
          is_contact_of(tx, command.keys(), found->account_id, request.new_password);
    }
    return command.settle<password::Changed>(
        tx, decide_reset(facts),
        [&](const ChangePlan& plan) {
          settle_code(tx, given, *plan.code, command.now_ms());
          return apply(tx, command, plan, hash);
        },
        [&](const ChangePlan& plan) { settle_code(tx, given, *plan.code, command.now_ms()); });
  });
}

}  // namespace kameng::account
