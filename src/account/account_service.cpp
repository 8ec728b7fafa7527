// account_service.cpp - each write: hash, seal and draw outside, then one phase of facts, decision,
// plan.
#include "account/account_service.hpp"

#include "account/account_sql.hpp"
#include "account/logout.hpp"
#include "account/permissions.hpp"
#include "account/register.hpp"

namespace kameng::account {
namespace {

// A code as it is tried: for the contact, in whichever form that was given.
[[nodiscard]] GivenCode given_code(VerificationId id, const std::string& code, CodePurpose purpose,
                                   const Blinds& blinds) {
  return {id, code, purpose, blinds.email ? *blinds.email : blinds.phone.value_or(Bytes())};
}

}  // namespace

AccountService::AccountService(const Config& config) : config_(config), passwords_(config) {}

Result<Registered> AccountService::register_account(command::Command& command,
                                                    const Register& request) {
  KAMENG_TRY(const Person person, read_person(request.email, request.phone, request.display_name));
  KAMENG_CHECK(check_contact_is_proved(command.actor(), request));
  NewAccount account;
  if (request.password) {
    KAMENG_CHECK(check_new_password(*request.password, person, "password"));
    KAMENG_TRY(account.password_hash, passwords_.make(*request.password, command.keys(),
                                                      command.deadline(), command.random()));
  }
  if (request.verification_id) {
    account.code = given_code(*request.verification_id, request.code.value_or(""),
                              CodePurpose::sign_up, blind(command.keys(), person));
  }
  return add(command, person, std::move(account));
}

// Whoever comes from outside proves one contact. The host vouches for whom it brings.
Result<void> AccountService::check_contact_is_proved(const command::Actor& actor,
                                                     const Register& request) const {
  if (request.verification_id.has_value() != request.code.has_value()) {
    return Error{Status::invalid_argument, "verification.required",
                 "verification_id and code go together."}
        .at(request.code ? "verification_id" : "code");
  }
  if (request.verification_id && request.email && request.phone) {
    return Error{Status::invalid_argument, "verification.one_contact",
                 "A code proves one contact: give email or phone."}
        .at("phone");
  }
  const bool is_host = actor.kind == command::ActorKind::host;
  if (!is_host && !request.verification_id && config_.verify_contact == "required") {
    return Error{Status::invalid_argument, "verification.required",
                 "Prove the contact first: verification.begin sends a code there."}
        .at("verification_id");
  }
  if (!is_host && !request.verification_id && !request.password) {
    return Error{Status::invalid_argument, "field.missing", "password is missing."}.at("password");
  }
  return {};
}

Result<Registered> AccountService::import(command::Command& command, const Import& request) {
  KAMENG_TRY(const Person person, read_person(request.email, request.phone, request.display_name));
  KAMENG_CHECK(check_foreign_hash(request.password_hash));
  NewAccount account;
  account.entry = "account.imported";
  account.password_hash = request.password_hash;
  return add(command, person, std::move(account));
}

Result<Registered> AccountService::add(command::Command& command, const Person& person,
                                       NewAccount account) {
  account.id = command.new_id<AccountId>();
  account.created_at_ms = command.now_ms();
  account.blinds = blind(command.keys(), person);
  account.person = seal(command.keys(), command.random(), account.id, person);
  return command.phase<Registered>([&](sql::Transaction& tx) {
    const RegisterFacts facts = read_facts(tx, command.keys(), account);
    return command.settle<Registered>(
        tx, decide(facts, account), [&](const RegisterPlan& plan) { return apply(tx, plan); },
        [&](const RegisterPlan& plan) { leave(tx, plan); });
  });
}

Result<std::optional<Credentials>> AccountService::verify(command::Command& command,
                                                          const Login& request,
                                                          const Blinds& blinds) {
  std::optional<Credentials> credentials;
  KAMENG_CHECK(command.environment().database.read(command.deadline(),
                                                   [&](sql::Transaction& tx) -> Result<void> {
                                                     credentials = find_credentials(tx, blinds);
                                                     return {};
                                                   }));
  if (!request.password) {
    return credentials;  // the code is tried in the phase
  }
  const std::string stored = credentials ? credentials->password_hash : std::string();
  KAMENG_TRY(const bool right,
             passwords_.verify(*request.password, stored, command.keys(), command.deadline()));
  if (!right || !credentials) {
    return Error{Status::unauthenticated, "account.bad_credentials",
                 "There is no account with this contact and password."};
  }
  return credentials;
}

Result<SessionDraft> AccountService::prepare_session(command::Command& command,
                                                     const Credentials& credentials,
                                                     const Login& request) {
  KAMENG_TRY(SessionDraft draft,
             draft_session(command, config_, credentials.account_id, credentials.person_key));
  NewSession& session = draft.session;
  session.factor_code = request.factor_code;
  if (request.password) {
    session.verified_hash = credentials.password_hash;
    KAMENG_TRY(session.better_hash,
               passwords_.renewed(*request.password, credentials.password_hash, command.keys(),
                                  command.deadline(), command.random()));
  }
  return draft;
}

Result<LoggedIn> AccountService::login(command::Command& command, const Login& request) {
  if (request.password.has_value() == request.code.has_value() ||
      request.code.has_value() != request.verification_id.has_value()) {
    return Error{Status::invalid_argument, "account.ask_one",
                 "Give the password, or verification_id and code."}
        .at("password");
  }
  const Blinds blinds = blind(command.keys(), read_identifier(request.identifier));
  KAMENG_TRY(const std::optional<Credentials> credentials, verify(command, request, blinds));
  KAMENG_TRY(SessionDraft draft,
             prepare_session(command, credentials.value_or(Credentials{}), request));
  NewSession& session = draft.session;
  if (request.code) {
    session.code =
        given_code(*request.verification_id, *request.code, CodePurpose::sign_in, blinds);
  }
  KAMENG_TRY(
      LoggedIn answer, command.phase<LoggedIn>([&](sql::Transaction& tx) -> Result<LoggedIn> {
        const std::optional<LoginFacts> facts = read_facts(tx, command.keys(), session);
        if (!facts) {
          return Error{Status::aborted, "account.changed", "The account has changed; repeat."}.with(
              Retry::same);
        }
        return command.settle<LoggedIn>(
            tx, decide(*facts, session), [&](const LoginPlan& plan) { return apply(tx, plan); },
            [&](const LoginPlan& plan) { leave(tx, plan); });
      }));
  if (answer.session_id != session.id) {
    // A stored answer, of an earlier call with this key: its token is derived again from its own
    // session.
    wipe(draft.token);
    std::optional<SessionNonce> nonce;
    KAMENG_CHECK(command.environment().database.read(command.deadline(),
                                                     [&](sql::Transaction& tx) -> Result<void> {
                                                       nonce = find_nonce(tx, answer.session_id);
                                                       return {};
                                                     }));
    if (!nonce) {
      return Error{Status::failed_precondition, "session.ended",
                   "The session that this key stands for has ended."}
          .with(Retry::later);
    }
    draft.token = session_token(command.keys(), answer.session_id, *nonce);
  }
  answer.token = std::move(draft.token);
  return answer;
}

Result<LoggedOut> AccountService::logout(command::Command& command, const Logout&) {
  return command.phase<LoggedOut>([&](sql::Transaction& tx) {
    const LogoutFacts facts = read_facts(tx, command.actor());
    return command.settle<LoggedOut>(tx, decide(facts),
                                     [&](const LogoutPlan& plan) { return apply(tx, plan); });
  });
}

}  // namespace kameng::account
