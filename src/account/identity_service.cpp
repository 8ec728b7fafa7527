#include "account/identity_service.hpp"

#include <utility>

#include "account/account_row.hpp"
#include "account/account_sql.hpp"
#include "account/centre_sql.hpp"
#include "account/identity_flow.hpp"
#include "account/identity_sql.hpp"
#include "account/permissions.hpp"
#include "account/security_event.hpp"
#include "account/session_draft.hpp"
#include "base/bytes.hpp"

namespace kameng::account {
namespace {

constexpr int identities_shown = 50;

Error account_changed() {
  return Error{Status::aborted, "account.changed", "The account has changed; repeat."}.with(
      Retry::same);
}

Error no_such_identity() {
  return Error{Status::not_found, "identity.not_found", "There is no such identity of yours."}.at(
      "identity_id");
}

// An account that nobody has a password for.
NewAccount new_account(command::Command& command, const Person& person) {
  NewAccount account;
  account.id = command.new_id<AccountId>();
  account.created_at_ms = command.now_ms();
  account.blinds = blind(command.keys(), person);
  account.person = seal(command.keys(), command.random(), account.id, person);
  return account;
}

Result<NewIdentity> new_identity(command::Command& command, AccountId id, const Bytes& person_key,
                                 std::string family, std::string app, const Subject& subject) {
  NewIdentity made;
  made.id = command.new_id<IdentityId>();
  made.account_id = id;
  made.family = std::move(family);
  made.app = std::move(app);
  made.blinds = blind(command.keys(), made.family, made.app, subject);
  KAMENG_TRY(const SecretBytes key, open_person_key(command.keys(), id, person_key));
  made.sealed = seal_subject(key, id, subject, command.random());
  made.now_ms = command.now_ms();
  return made;
}

template <class Found, class Find>
Result<Found> look(command::Command& command, Find&& find) {
  Found found{};
  KAMENG_CHECK(command.environment().database.read(command.deadline(),
                                                   [&](sql::Transaction& tx) -> Result<void> {
                                                     found = find(tx);
                                                     return {};
                                                   }));
  return found;
}

// Linking a user of the host's: facts, decision, plan.
struct HostFacts {
  std::optional<IdentityOwner> owner;
  RegisterFacts contacts;
};
struct HostPlan {
  std::optional<RegisterPlan> account;
  AccountId account_id;
  std::vector<audit::Entry> entries;
};

command::Decision<HostPlan> decide(const HostFacts& facts, const NewAccount& account) {
  using Decision = command::Decision<HostPlan>;
  if (facts.owner) {
    return Decision::accept({std::nullopt, facts.owner->account_id, {}});
  }
  command::Decision<RegisterPlan> made = decide(facts.contacts, account);
  if (made.refusal) {
    return Decision::refuse(std::move(*made.refusal));
  }
  HostPlan plan{std::move(*made.plan), account.id, {}};
  plan.entries = plan.account->entries;
  plan.entries.push_back(
      {"identity.linked", account.id.text(), {{"provider", std::string(host_identity)}}});
  return Decision::accept(std::move(plan));
}

struct UnlinkPlan {
  std::vector<audit::Entry> entries;
};

command::Decision<UnlinkPlan> decide_unlink(const std::string& provider, bool has_other_way_in,
                                            bool by_host, AccountId id) {
  using Decision = command::Decision<UnlinkPlan>;
  // The host's own users are the host's to name.
  if (provider.empty() || (provider == host_identity && !by_host)) {
    return Decision::refuse(no_such_identity());
  }
  if (!has_other_way_in) {
    return Decision::refuse(Error{Status::failed_precondition, "identity.last",
                                  "This is the last way in: add a contact first."}
                                .at("identity_id"));
  }
  return Decision::accept({{{"identity.unlinked", id.text(), {{"provider", provider}}}}});
}

// Beginning: what the browser takes along, and what only its cookie has.
struct FlowSecrets {
  SecretText state, binding;
};
FlowSecrets flow_secrets(const keys::KeyRing& keys, IdentityFlowId id,
                         const std::array<std::uint8_t, 16>& nonce) {
  return {keys.derive("identity.state", id.bytes, nonce),
          keys.derive("identity.binding", id.bytes, nonce)};
}

struct FlowPlan {
  std::vector<audit::Entry> entries;
};

struct RedeemPlan {
  Flow flow;
  std::vector<audit::Entry> entries;
};

command::Decision<RedeemPlan> decide_redeem(const std::optional<Flow>& flow, bool is_bound,
                                            TimeMs now_ms) {
  using Decision = command::Decision<RedeemPlan>;
  if (!flow || !is_bound) {
    return Decision::refuse(Error{Status::unauthenticated, "identity.state_invalid",
                                  "This browser has not begun this sign-in."}
                                .at("state"));
  }
  if (flow->is_over(now_ms) || flow->step != flow_begun) {
    return Decision::refuse(flow_expired());
  }
  return Decision::accept({*flow, {}});
}

Result<HttpResponse> with_text_body(const HttpResponse& response) {
  HttpResponse plain = response;
  if (response.body_base64) {
    const std::optional<Bytes> bytes = from_base64(*response.body_base64);
    if (!bytes) {
      return Error{Status::invalid_argument, "field.base64", "This is not base64."}.at(
          "response.body_base64");
    }
    plain.body = std::string(as_text(*bytes));
    plain.body_base64.reset();
  }
  return plain;
}

// Who it is, once the provider has told: for the account that has the identity, the one it is
// linked to, or a new one.
Result<Finish> prepare(command::Command& command, const Config& config, const Flow& flow,
                       const IdentityProvider& provider, const Subject& subject) {
  Finish finish;
  finish.flow = flow;
  const IdentityBlinds blinds = blind(command.keys(), provider.family(), provider.app(), subject);
  KAMENG_TRY(finish.owner, look<std::optional<IdentityOwner>>(
                               command, [&](auto& tx) { return find_owner(tx, blinds); }));
  const std::optional<AccountId> known = flow.account_id ? flow.account_id
                                         : finish.owner
                                             ? std::optional<AccountId>(finish.owner->account_id)
                                             : std::nullopt;
  Bytes person_key;
  if (known) {
    KAMENG_TRY(const AccountRow row, find_person(command, *known));
    person_key = row.person.person_key;
  } else {
    finish.account = new_account(command, {});
    person_key = finish.account->person.person_key;
  }
  const AccountId id = known ? *known : finish.account->id;
  KAMENG_TRY(finish.identity, new_identity(command, id, person_key, std::string(provider.family()),
                                           std::string(provider.app()), subject));
  if (!flow.account_id) {
    KAMENG_TRY(SessionDraft draft, draft_session(command, config, id, person_key));
    finish.session = std::move(draft.session);
  }
  finish.held = command.keys().seal_person(as_bytes(print_subject(subject).view()), flow.id.bytes,
                                           command.random());
  return finish;
}

Result<identity::Progress> run(command::Command& command, const Finish& finish) {
  KAMENG_TRY(
      identity::Progress progress,
      command.phase<identity::Progress>([&](sql::Transaction& tx) -> Result<identity::Progress> {
        const std::optional<FinishFacts> facts = read_facts(tx, command.keys(), finish);
        if (!facts) {
          return account_changed();
        }
        return command.settle<identity::Progress>(
            tx, decide(*facts, finish), [&](const FinishPlan& plan) { return apply(tx, plan); },
            [&](const FinishPlan& plan) { leave(tx, plan); });
      }));
  if (progress.session) {
    progress.session->token =
        session_token(command.keys(), finish.session->id, finish.session->nonce);
  }
  return progress;
}

}  // namespace

Result<const IdentityProvider*> IdentityService::provider(const std::string& name) const {
  const auto found = providers_->find(name);
  if (found == providers_->end()) {
    return Error{Status::failed_precondition, "identity.provider_missing",
                 "The configuration has no application for this provider."}
        .at("provider");
  }
  return found->second.get();
}

Result<HostLinked> IdentityService::link_host(command::Command& command, const LinkHost& request) {
  Person person;
  if (request.email || request.phone) {
    KAMENG_TRY(person, read_person(request.email, request.phone, std::nullopt));
  }
  person.display_name = request.display_name;
  const NewAccount account = new_account(command, person);
  KAMENG_TRY(const NewIdentity identity,
             new_identity(command, account.id, account.person.person_key,
                          std::string(host_identity), "", {request.host_user_id, {}}));
  return command.phase<HostLinked>([&](sql::Transaction& tx) {
    const HostFacts facts{find_owner(tx, identity.blinds), read_facts(tx, command.keys(), account)};
    return command.settle<HostLinked>(tx, decide(facts, account), [&](const HostPlan& plan) {
      if (plan.account) {
        static_cast<void>(apply(tx, *plan.account));
        insert(tx, identity);
      }
      return HostLinked{plan.account_id, plan.account.has_value()};
    });
  });
}

Result<identity::Begun> IdentityService::begin(command::Command& command,
                                               const identity::Begin& request) {
  command.repeatable();
  KAMENG_TRY(const IdentityProvider* const asked, provider(request.provider));
  std::optional<AccountId> account_id;
  if (request.purpose == "link") {
    KAMENG_CHECK(admit(command.actor(),
                       {.permission = Permission::own_account, .fresh_proof = true},
                       command.now_ms()));
    KAMENG_TRY(account_id, acting_customer(command.actor()));
  }
  const auto id = command.new_id<IdentityFlowId>();
  const FlowSecrets secrets = flow_secrets(command.keys(), id, command.random().draw<16>());
  const TimeMs expires_at_ms = command.now_ms() + flow_ms;
  return command.phase<identity::Begun>([&](sql::Transaction& tx) {
    return command.settle<identity::Begun>(
        tx, command::Decision<FlowPlan>::accept({}), [&](const FlowPlan& /*plan*/) {
          tx.run_exactly(1, insert_flow, id, request.provider, account_id,
                         command.keys().hash_of_secret(secrets.state.view()),
                         command.keys().hash_of_secret(secrets.binding.view()), flow_begun,
                         expires_at_ms);
          return identity::Begun{asked->authorize_url(secrets.state.view()),
                                 std::string(secrets.binding.view()), expires_at_ms};
        });
  });
}

Result<identity::Progress> IdentityService::redeem(command::Command& command,
                                                   const identity::Redeem& request) {
  command.repeatable();
  const crypto::Hash32 state = command.keys().hash_of_secret(request.state);
  const crypto::Hash32 binding = command.keys().hash_of_secret(request.binding);
  KAMENG_TRY(const Flow flow, command.phase<Flow>([&](sql::Transaction& tx) {
    const std::optional<Flow> found = find_flow_row(tx, state);
    const bool is_bound = found && equal_constant_time(found->binding_hash, binding);
    return command.settle<Flow>(tx, decide_redeem(found, is_bound, command.now_ms()),
                                [&](const RedeemPlan& plan) {
                                  tx.run_exactly(1, advance_flow, "token", std::optional<Bytes>(),
                                                 plan.flow.id, flow_begun);
                                  return plan.flow;
                                });
  }));
  KAMENG_TRY(const IdentityProvider* const asked, provider(flow.provider));
  identity::Progress progress;
  progress.flow_id = flow.id;
  progress.http = asked->redeem(request.code).http;
  return progress;
}

Result<identity::Progress> IdentityService::answer(command::Command& command,
                                                   const identity::BringAnswer& request) {
  command.repeatable();
  KAMENG_TRY(const std::optional<Flow> flow, look<std::optional<Flow>>(command, [&](auto& tx) {
               return find_flow_row(tx, request.flow_id);
             }));
  if (!flow || flow->step == flow_begun) {
    return Error{Status::not_found, "identity.flow_not_found", "There is no such sign-in."}.at(
        "flow_id");
  }
  if (flow->is_over(command.now_ms())) {
    return flow_expired();
  }
  KAMENG_TRY(const IdentityProvider* const asked, provider(flow->provider));
  SecretText held;
  if (flow->held) {
    KAMENG_TRY(held, command.keys().open_person(*flow->held, flow->id.bytes));
  }
  std::optional<Subject> subject;
  if (flow->step == flow_known) {
    subject = parse_subject(held.view());
  } else {
    if (!request.response) {
      return Error{Status::invalid_argument, "field.missing", "response is missing."}.at(
          "response");
    }
    KAMENG_TRY(const HttpResponse response, with_text_body(*request.response));
    KAMENG_TRY(IdentityStep step, asked->read(flow->step, response, held.view()));
    if (auto* const next = std::get_if<NextRequest>(&step)) {
      return ask_more(command, *flow, *next);
    }
    subject = std::move(std::get<Subject>(step));
  }
  KAMENG_TRY(Finish finish, prepare(command, config_, *flow, *asked, *subject));
  if (finish.session) {
    finish.session->factor_code = request.factor_code;
  }
  return run(command, finish);
}

Result<identity::Progress> IdentityService::ask_more(command::Command& command, const Flow& flow,
                                                     NextRequest& next) {
  const Bytes sealed =
      command.keys().seal_person(as_bytes(next.held.view()), flow.id.bytes, command.random());
  return command.phase<identity::Progress>([&](sql::Transaction& tx) {
    using Decision = command::Decision<FlowPlan>;
    const std::optional<Flow> now = find_flow_row(tx, flow.id);
    const bool is_over = !now || now->step != flow.step;
    return command.settle<identity::Progress>(
        tx, is_over ? Decision::refuse(flow_expired()) : Decision::accept({}),
        [&](const FlowPlan& /*plan*/) {
          tx.run_exactly(1, advance_flow, next.step, sealed, flow.id, flow.step);
          identity::Progress progress;
          progress.flow_id = flow.id;
          progress.http = next.http;
          return progress;
        });
  });
}

Result<identity::Identities> IdentityService::list(command::Query& query,
                                                   const identity::List& /*request*/) {
  KAMENG_TRY(const AccountId id, acting_customer(query.actor()));
  std::vector<std::pair<identity::View, Bytes>> found;
  {
    sql::Rows rows = query.tx.query(list_identities, id, identities_shown);
    while (rows.next()) {
      found.emplace_back(
          identity::View{rows.id<IdentityId>(0), rows.text(1), rows.text(2), "", rows.int64(4)},
          rows.blob(3));
    }
  }
  identity::Identities identities;
  if (found.empty()) {
    return identities;
  }
  const std::optional<AccountRow> row = find_row(query.tx, id);
  KAMENG_TRY(const SecretBytes key,
             open_person_key(query.keys(), id, row ? row->person.person_key : Bytes()));
  for (auto& [view, sealed] : found) {
    KAMENG_TRY(const SecretText subject, open_value(key, identity_subject, id, sealed));
    view.subject = std::move(parse_subject(subject.view()).subject);
    identities.items.push_back(std::move(view));
  }
  return identities;
}

Result<identity::Unlinked> IdentityService::unlink(command::Command& command,
                                                   const identity::Unlink& request) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  return command.phase<identity::Unlinked>([&](sql::Transaction& tx) {
    using Decision = command::Decision<UnlinkPlan>;
    bool has_contact = false;
    {
      sql::Rows rows = tx.query(lock_contacts, id);
      has_contact = rows.next() && (!rows.is_null(1) || !rows.is_null(2));
    }
    std::string provider;
    bool has_other = false;
    {
      sql::Rows rows = tx.query(list_identities, id, identities_shown);
      while (rows.next()) {
        if (rows.id<IdentityId>(0) == request.identity_id) {
          provider = rows.text(1);
        } else {
          has_other = true;
        }
      }
    }
    Decision decision =
        decide_unlink(provider, has_contact || has_other, command.actor().by_host, id);
    return command.settle<identity::Unlinked>(tx, std::move(decision), [&](const UnlinkPlan& plan) {
      tx.run_exactly(1, delete_identity, request.identity_id, id);
      note_events(tx, id, plan.entries, command.actor().session_id, command.now_ms());
      return identity::Unlinked{request.identity_id};
    });
  });
}

}  // namespace kameng::account
