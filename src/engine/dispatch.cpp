// dispatch.cpp - the one way into every operation: who calls, may they, run, and what every call
// shares afterwards.

#include <string>
#include <utility>

#include "account/api_key.hpp"
#include "account/permissions.hpp"
#include "account/session.hpp"
#include "audit/log.hpp"
#include "base/ip_address.hpp"
#include "engine/state.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"
#include "ops/common_reasons.hpp"

namespace kameng {
namespace {

constexpr std::int64_t overdue_ms = 30'000;  // how late local work may be before a write helps
constexpr std::int64_t help_budget_ms = 5;
constexpr std::int64_t help_patience_ms = 50;  // the caller waits for the answer meanwhile

Error session_invalid() {
  return Error{Status::unauthenticated, "session.invalid",
               "This token is not valid, or has ended. Sign in again."}
      .at("token");
}

class InFlight {
 public:
  explicit InFlight(std::atomic<std::int64_t>& calls) : calls_(&calls) { calls_->fetch_add(1); }
  ~InFlight() {
    if (calls_->fetch_sub(1) == 1) {
      calls_->notify_all();
    }
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  std::atomic<std::int64_t>* calls_;
};

// Refused for what the caller is or said, or for calling too often. By address or actor, never by
// what was said: it may be somebody's contact, or a password in the wrong place.
bool is_counted(const Error& error) {
  return error.status == Status::unauthenticated || error.status == Status::permission_denied ||
         error.status == Status::invalid_argument || error.reason.starts_with("limit.");
}

// Of a visitor the network alone: the audit log forgets nothing.
std::string counted_as(const Context& context, const command::Actor& actor,
                       const std::string& label) {
  const std::optional<IpAddress> address = actor.kind == command::ActorKind::nobody && context.ip
                                               ? IpAddress::parse(*context.ip)
                                               : std::nullopt;
  return address ? address->network_text() : label;
}

}  // namespace

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}

Engine::~Engine() {
  for (std::int64_t calls = state_->calls.load(); calls != 0; calls = state_->calls.load()) {
    state_->calls.wait(calls);
  }
  const std::vector<audit::Entry> entries = state_->refusals.take_all();
  if (!entries.empty()) {
    const TimeMs now_ms = state_->clock->now_ms();
    // Counts of refusals only; when they cannot be written there is nobody left to tell but the
    // log.
    const Deadline deadline = Deadline::after_ms(1000);
    const Result<bool> joined = state_->database->is_joined(deadline);
    const sql::Work append_all = [&](sql::Transaction& tx) -> Result<void> {
      audit::append(tx, entries, "system", now_ms);
      return {};
    };
    const Result<void> written = joined.ok() && *joined
                                     ? command::refuse_joined()
                                     : state_->database->write(deadline, append_all);
    if (!written.ok()) {
      state_->log.write(LogLevel::warning,
                        "engine: refusals were not written: " + written.error().reason);
    }
  }
}

Result<command::Actor> Engine::State::authenticate(const Context& context, TimeMs now_ms,
                                                   const Deadline& deadline) {
  using command::Actor;
  using command::ActorKind;
  if ((context.as && context.token) || (context.signed_request && (context.as || context.token))) {
    return Error{Status::invalid_argument, "context.conflict",
                 "Give one of `as`, `token` and a signature."}
        .at("token");
  }
  if (context.signed_request) {
    return authenticate_signature(*context.signed_request, now_ms, deadline);
  }
  if (context.as) {
    return context.account_id ? Actor{.kind = ActorKind::customer,
                                      .account_id = context.account_id,
                                      .by_host = true}
                              : Actor{.kind = ActorKind::host};
  }
  if (context.account_id) {
    return Error{Status::permission_denied, "context.account_not_yours",
                 "account_id is for the host: add \"as\":\"host\", or use the customer's token."}
        .at("account_id");
  }
  if (!context.token) {
    return Actor{};
  }
  std::optional<account::Session> session;
  KAMENG_CHECK(database->read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    session = account::authenticate(tx, *keys, *context.token, now_ms, config.accounts.session_ms);
    return {};
  }));
  if (!session) {
    return session_invalid();
  }
  if (session->status != account::AccountStatus::active) {
    return Error{Status::permission_denied, "account.frozen", "This account is frozen."};
  }
  if (session->needs_renewal) {
    const Result<void> renewed =
        database->write(deadline, [&](sql::Transaction& tx) -> Result<void> {
          account::renew(tx, session->session_id, now_ms, config.accounts.session_ms);
          return {};
        });
    if (!renewed && renewed.error().reason != "storage.moved") {
      return renewed.error();  // a shop that moves is read on
    }
  }
  return Actor{
      .kind = ActorKind::customer,
      .account_id = session->account_id,
      .session_id = session->session_id,
      .roles = session->roles,
      .staff = account::staff_permissions(session->roles, session->factor_at_ms.has_value()),
      .supplier_id = session->supplier_id,
      .proved_at_ms = session->proved_at_ms,
      .factor_at_ms = session->factor_at_ms};
}

Result<command::Actor> Engine::State::authenticate_signature(const SignedRequest& request,
                                                             TimeMs now_ms,
                                                             const Deadline& deadline) {
  const std::optional<account::ParsedSignature> parsed = account::parse_signature(request);
  if (!parsed) {
    return account::signature_invalid();
  }
  std::optional<Result<account::SignedCaller>> signer;
  KAMENG_CHECK(database->read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    signer = account::find_signer(tx, *keys, *parsed, now_ms);
    return {};
  }));
  KAMENG_TRY(const account::SignedCaller caller, std::move(*signer));
  if (caller.status != account::AccountStatus::active) {
    return Error{Status::permission_denied, "account.frozen", "This account is frozen."};
  }
  bool is_first = false;
  KAMENG_CHECK(database->write(deadline, [&](sql::Transaction& tx) -> Result<void> {
    is_first = account::use_nonce(tx, *keys, *parsed);
    return {};
  }));
  if (!is_first) {
    return Error{Status::unauthenticated, "signature.replayed",
                 "This signature has been used: sign each request anew, with a nonce of its own."};
  }
  return command::Actor{.kind = command::ActorKind::customer,
                        .account_id = caller.account_id,
                        .api_key_id = caller.key_id};
}

Result<void> Engine::State::admit_address(const ops::Operation& operation, const Context& context,
                                          const limit::Attempt& attempt, Allowance* allowance) {
  if (!context.ip || !operation.is_limited_by_address()) {
    return {};
  }
  const std::optional<IpAddress> address = IpAddress::parse(*context.ip);
  if (!address) {
    return Error{Status::invalid_argument, "context.ip_malformed", "ip is no IPv4 or IPv6 address."}
        .at("ip");
  }
  return limiter->take(*address, attempt, allowance);
}

Result<void> Engine::State::dispatch(const ops::Operation& operation, const Context& context,
                                     Allowance* allowance,
                                     const std::function<Result<void>(const command::Call&)>& run) {
  const InFlight in_flight(calls);
  const TimeMs now_ms = clock->now_ms();
  const Deadline deadline =
      Deadline::after_ms(context.timeout_ms > 0 ? context.timeout_ms : config.timeout_ms);
  const limit::Attempt attempt{operation.name(), now_ms, deadline};
  const Result<void> admitted = admit_address(operation, context, attempt, allowance);
  KAMENG_TRY(const bool joined,
             admitted.ok() ? database->is_joined(deadline) : Result<bool>(false));
  if (joined && !operation.may_join()) {
    return command::refuse_joined();
  }
  Result<command::Actor> actor = admitted.ok() ? authenticate(context, now_ms, deadline)
                                               : Result<command::Actor>(admitted.error());
  const std::string label = actor.ok() ? actor->label() : std::string("nobody");
  Result<void> outcome = [&]() -> Result<void> {
    if (!actor.ok()) {
      return actor.error();
    }
    if (actor->account_id) {
      KAMENG_CHECK(limiter->take(*actor->account_id, attempt, allowance));
    }
    if (actor->api_key_id) {
      KAMENG_CHECK(limiter->take(*actor->api_key_id, attempt, allowance));
    }
    KAMENG_CHECK(account::admit(
        *actor, {operation.permission(), operation.has_fresh_proof(), operation.is_for_suppliers()},
        now_ms));
    return run(command::Call{*environment, *actor, context, now_ms, deadline, joined});
  }();
  if (!outcome.ok()) {
    const Error& error = outcome.error();
    if (is_counted(error)) {
      refusals.count(counted_as(context, actor.ok() ? *actor : command::Actor{}, label),
                     operation.name(), error.reason, now_ms);
    }
    if (error.status == Status::internal || error.status == Status::data_loss ||
        error.reason == "limit.unavailable") {
      log.write(LogLevel::error, std::string(operation.name()) + ": " + error.reason);
    } else if (log.wants(LogLevel::debug)) {
      log.write(LogLevel::debug, std::string(operation.name()) + ": " + error.reason);
    }
    if (!ops::is_declared(operation, error)) {
      log.write(LogLevel::error,
                std::string(operation.name()) + ": undeclared reason " + error.reason);
      outcome = ops::undeclared(operation, error);
    }
  } else if (log.wants(LogLevel::trace)) {
    log.write(LogLevel::trace, std::string(operation.name()) + ": ok");
  }
  // A call that was no command pays for nothing, nor does a transaction of the host's.
  if (operation.writes() && !joined && (outcome.ok() || !is_counted(outcome.error()))) {
    help_with_due_work(now_ms);
  }
  return outcome;
}

Result<std::string> Engine::State::run_document(const ops::Operation& operation,
                                                const Context& context,
                                                std::string_view request_text,
                                                Allowance* allowance) {
  std::string answer;
  KAMENG_CHECK(
      dispatch(operation, context, allowance, [&](const command::Call& call) -> Result<void> {
        KAMENG_TRY(const json::Value request,
                   json::parse(request_text.empty() ? "{}" : request_text));
        KAMENG_TRY(answer, operation.run_document(call, request));
        return {};
      }));
  return answer;
}

void Engine::State::help_with_due_work(TimeMs now_ms) {
  if (!due.overdue(now_ms, overdue_ms) && !refusals.has_finished(now_ms)) {
    return;
  }
  const Result<system::DueDone> done =
      services->system.work(*environment, now_ms, Deadline::after_ms(help_budget_ms),
                            Deadline::after_ms(help_patience_ms), 1);
  if (!done.ok()) {
    // The caller's answer stands; the work stays due.
    log.write(LogLevel::warning, "due work: " + done.error().reason);
  }
}

Result<void> Engine::call_struct(std::string_view name, const Context& context, const void* request,
                                 void* answer, Allowance* allowance) {
  const ops::Operation* operation = state_->registry.find(name);
  if (operation == nullptr) {
    return ops::unknown_operation(name);
  }
  KAMENG_CHECK(json::check(context));
  return state_->dispatch(*operation, context, allowance, [&](const command::Call& call) {
    return operation->run_struct(call, request, answer);
  });
}

Result<std::string> Engine::call_document(std::string_view name, std::string_view context_text,
                                          std::string_view request_text, Allowance* allowance) {
  const ops::Operation* operation = state_->registry.find(name);
  if (operation == nullptr) {
    return ops::unknown_operation(name);
  }
  KAMENG_TRY(const json::Value context_value,
             json::parse(context_text.empty() ? "{}" : context_text));
  KAMENG_TRY(const Context context, json::read<Context>(context_value));
  return state_->run_document(*operation, context, request_text, allowance);
}

}  // namespace kameng
