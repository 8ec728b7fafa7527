// account_service.cpp - each write: hash, seal and draw outside, then one phase of facts, decision,
// plan.
#include "account/account_service.hpp"

#include <algorithm>

#include "account/account_sql.hpp"
#include "account/logout.hpp"
#include "account/permissions.hpp"
#include "account/register.hpp"

namespace kameng::account {
namespace {

[[nodiscard]] crypto::PasswordCost cost_of(const Config& config) {
  crypto::PasswordCost cost;
  cost.memory_kib = static_cast<std::uint32_t>(config.argon2_memory_kib);
  cost.passes = static_cast<std::uint32_t>(config.argon2_passes);
  return cost;
}

// Answers what a row holds; sealed fields stay sealed until the read is over.
struct AccountRow {
  View view;
  SealedPerson person;
};

[[nodiscard]] std::optional<Bytes> maybe_blob(const sql::Rows& rows, int column) {
  return rows.is_null(column) ? std::nullopt : std::optional<Bytes>(rows.blob(column));
}

[[nodiscard]] std::optional<AccountRow> find_row(sql::Transaction& tx, AccountId id) {
  sql::Rows rows = tx.query(find_account, id);
  if (!rows.next()) {
    return std::nullopt;
  }
  AccountRow row;
  row.view.account_id = id;
  row.view.status = account_status_name(parse_account_status(rows.text_view(0)));
  row.person.person_key = rows.blob(1);
  if (row.person.person_key.empty()) {
    return std::nullopt;  // erased: what is left is a pseudonym
  }
  row.person.email = maybe_blob(rows, 2);
  row.person.phone = maybe_blob(rows, 3);
  row.person.display_name = maybe_blob(rows, 4);
  row.view.created_at_ms = rows.int64(5);
  return row;
}

}  // namespace

AccountService::AccountService(const Config& config)
    : config_(config), hasher_(cost_of(config), static_cast<int>(config.argon2_parallel_max)) {}

Result<Registered> AccountService::register_account(command::Command& command,
                                                    const Register& request) {
  KAMENG_CHECK(check_password(request.password));
  KAMENG_TRY(const Person person, read_person(request.email, request.phone, request.display_name));
  NewAccount account;
  account.id = command.new_id<AccountId>();
  account.created_at_ms = command.now_ms();
  account.blinds = blind(command.keys(), person);
  account.person = seal(command.keys(), command.random(), account.id, person);
  KAMENG_TRY(account.password_hash,
             hasher_.hash(request.password, command.deadline(), command.random()));
  return command.phase<Registered>([&](sql::Transaction& tx) {
    const RegisterFacts facts = read_facts(tx, account.blinds);
    return command.settle<Registered>(tx, decide(facts, account),
                                      [&](const RegisterPlan& plan) { return apply(tx, plan); });
  });
}

Result<Credentials> AccountService::verify(command::Command& command, const Login& request) {
  const Blinds blinds = blind(command.keys(), read_identifier(request.identifier));
  std::optional<Credentials> credentials;
  KAMENG_CHECK(command.environment().database.read(command.deadline(),
                                                   [&](sql::Transaction& tx) -> Result<void> {
                                                     credentials = find_credentials(tx, blinds);
                                                     return {};
                                                   }));
  const std::string& stored = credentials ? credentials->password_hash : hasher_.decoy();
  KAMENG_TRY(const bool right, hasher_.verify(request.password, stored, command.deadline()));
  if (!right || !credentials) {
    return Error{Status::unauthenticated, "account.bad_credentials",
                 "There is no account with this contact and password."};
  }
  return std::move(*credentials);
}

Result<NewSession> AccountService::prepare_session(command::Command& command,
                                                   const Credentials& credentials,
                                                   const Login& request, std::string& token) {
  NewSession session;
  session.id = command.new_id<SessionId>();
  session.account_id = credentials.account_id;
  session.nonce = command.random().draw<16>();
  token = session_token(command.keys(), session.id, session.nonce);
  session.token_hash = session_token_hash(command.keys(), token);
  session.created_at_ms = command.now_ms();
  session.expires_at_ms = command.now_ms() + config_.session_ms;
  session.verified_hash = credentials.password_hash;
  if (hasher_.needs_rehash(credentials.password_hash)) {
    KAMENG_TRY(session.better_hash,
               hasher_.hash(request.password, command.deadline(), command.random()));
  }
  return session;
}

Result<LoggedIn> AccountService::login(command::Command& command, const Login& request) {
  KAMENG_TRY(const Credentials credentials, verify(command, request));
  std::string token;
  KAMENG_TRY(const NewSession session, prepare_session(command, credentials, request, token));
  KAMENG_TRY(
      LoggedIn answer, command.phase<LoggedIn>([&](sql::Transaction& tx) -> Result<LoggedIn> {
        const std::optional<LoginFacts> facts = read_facts(tx, session);
        if (!facts) {
          return Error{Status::aborted, "account.changed", "The account has changed; repeat."}.with(
              Retry::same);
        }
        return command.settle<LoggedIn>(tx, decide(*facts, session),
                                        [&](const LoginPlan& plan) { return apply(tx, plan); });
      }));
  if (answer.session_id != session.id) {
    // A stored answer, of an earlier call with this key: its token is derived again from its own
    // session.
    wipe(token);
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
    token = session_token(command.keys(), answer.session_id, *nonce);
  }
  answer.token = std::move(token);
  return answer;
}

Result<LoggedOut> AccountService::logout(command::Command& command, const Logout&) {
  return command.phase<LoggedOut>([&](sql::Transaction& tx) {
    const LogoutFacts facts = read_facts(tx, command.actor());
    return command.settle<LoggedOut>(tx, decide(facts),
                                     [&](const LogoutPlan& plan) { return apply(tx, plan); });
  });
}

Result<View> AccountService::get(command::Query& query, const Get&) {
  KAMENG_TRY(const AccountId id, acting_customer(query.actor()));
  std::optional<AccountRow> row = find_row(query.tx, id);
  if (!row) {
    return Error{Status::not_found, "account.not_found", "There is no such account."};
  }
  KAMENG_TRY(Person person, open(query.keys(), id, row->person));
  row->view.email = std::move(person.email);
  row->view.phone = std::move(person.phone);
  row->view.display_name = std::move(person.display_name);
  return std::move(row->view);
}

}  // namespace kameng::account
