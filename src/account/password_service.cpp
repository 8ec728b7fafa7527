#include "account/password_service.hpp"

#include "account/account_sql.hpp"
#include "account/account_status.hpp"
#include "account/login.hpp"
#include "account/permissions.hpp"
#include "account/session.hpp"
#include "account/verification.hpp"

namespace kameng::account {
namespace {

struct ChangePlan {
  AccountId account_id;
  std::optional<SessionId> keep;
  std::optional<CodeFacts> code;
  std::vector<audit::Entry> entries;
};
using Decision = command::Decision<ChangePlan>;

Decision decide_change(bool exists, const command::Actor& actor, AccountId id) {
  if (!exists) {
    return Decision::refuse(
        Error{Status::not_found, "account.not_found", "There is no such account."});
  }
  return Decision::accept({id, actor.session_id, std::nullopt, {{"password.changed", id.text()}}});
}

struct ResetFacts {
  CodeFacts code;
  std::optional<CustomerFacts> customer;
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
  plan.account_id = facts.customer->id;
  plan.entries.push_back({"password.reset", plan.account_id.text()});
  return Decision::accept(std::move(plan));
}

password::Changed apply(sql::Transaction& tx, const ChangePlan& plan, const std::string& hash) {
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
    const bool exists = find_customer(tx, id).has_value();
    return command.settle<password::Changed>(
        tx, decide_change(exists, command.actor(), id),
        [&](const ChangePlan& plan) { return apply(tx, plan, hash); });
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
    }
    return command.settle<password::Changed>(
        tx, decide_reset(facts),
        [&](const ChangePlan& plan) {
          settle_code(tx, given, *plan.code, command.now_ms());
          return apply(tx, plan, hash);
        },
        [&](const ChangePlan& plan) { settle_code(tx, given, *plan.code, command.now_ms()); });
  });
}

}  // namespace kameng::account
