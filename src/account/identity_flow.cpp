#include "account/identity_flow.hpp"

#include <utility>

#include "account/account_row.hpp"
#include "account/identity_sql.hpp"
#include "account/privacy.hpp"
#include "account/security_event.hpp"

namespace kameng::account {
namespace {

std::optional<Flow> read_flow(sql::Rows rows, bool with_binding) {
  if (!rows.next()) {
    return std::nullopt;
  }
  return Flow{
      rows.id<IdentityFlowId>(0), rows.text(1),  rows.maybe_id<AccountId>(2),          rows.text(3),
      rows.maybe_blob(4),         rows.int64(5), with_binding ? rows.blob(6) : Bytes()};
}

bool has_same_owner(const std::optional<IdentityOwner>& a, const std::optional<IdentityOwner>& b) {
  return a.has_value() == b.has_value() &&
         (!a || (a->account_id == b->account_id && a->identity_id == b->identity_id));
}

// The new account is as good as signed in.
LoginFacts facts_of_new_account() {
  LoginFacts facts;
  facts.status = AccountStatus::active;
  return facts;
}

}  // namespace

std::optional<Flow> find_flow_row(sql::Transaction& tx, IdentityFlowId id) {
  return read_flow(tx.query(find_flow, id), false);
}

std::optional<Flow> find_flow_row(sql::Transaction& tx, const crypto::Hash32& state_hash) {
  return read_flow(tx.query(find_flow_by_state, state_hash), true);
}

Error flow_expired() {
  return {Status::failed_precondition, "identity.expired",
          "This sign-in is over, or was used. Begin again."};
}

std::optional<FinishFacts> read_facts(sql::Transaction& tx, const keys::KeyRing& keys,
                                      const Finish& finish) {
  FinishFacts facts;
  const std::optional<Flow> flow = find_flow_row(tx, finish.flow.id);
  facts.is_over = !flow || flow->step != finish.flow.step;
  if (!has_same_owner(find_owner(tx, finish.identity.blinds), finish.owner)) {
    return std::nullopt;
  }
  if (finish.flow.account_id) {
    facts.account_exists = read_closing(tx, *finish.flow.account_id).may_act();
  } else if (finish.owner) {
    facts.login = read_facts(tx, keys, *finish.session);
  }
  return facts;
}

command::Decision<FinishPlan> decide(const FinishFacts& facts, const Finish& finish) {
  using Decision = command::Decision<FinishPlan>;
  if (facts.is_over) {
    return Decision::refuse(flow_expired());
  }
  FinishPlan plan;
  plan.finish = finish;
  if (finish.flow.account_id) {
    if (!facts.account_exists) {
      return Decision::refuse(account_not_found());
    }
    if (finish.owner && finish.owner->account_id != *finish.flow.account_id) {
      return Decision::refuse(
          {Status::already_exists, "identity.taken", "This identity belongs to another account."});
    }
  } else {
    if (finish.account) {
      command::Decision<RegisterPlan> registered = decide(RegisterFacts{}, *finish.account);
      plan.entries = registered.plan->entries;
      plan.registered = std::move(*registered.plan);
    }
    command::Decision<LoginPlan> login =
        decide(facts.login.value_or(facts_of_new_account()), *finish.session);
    if (login.refusal) {
      plan.waits_for_factor = login.refusal->reason.starts_with("factor.");
      plan.login = std::move(login.plan);
      return Decision::refuse(std::move(*login.refusal), std::move(plan));
    }
    plan.login = std::move(*login.plan);
    plan.entries.insert(plan.entries.end(), plan.login->entries.begin(), plan.login->entries.end());
  }
  if (!finish.owner) {
    plan.entries.push_back({"identity.linked",
                            finish.identity.account_id.text(),
                            {{"provider", finish.identity.family}}});
  }
  return Decision::accept(std::move(plan));
}

identity::Progress apply(sql::Transaction& tx, const FinishPlan& plan) {
  const Finish& finish = plan.finish;
  identity::Progress progress;
  progress.flow_id = finish.flow.id;
  tx.run_exactly(1, advance_flow, flow_over, std::optional<Bytes>(), finish.flow.id,
                 finish.flow.step);
  if (plan.registered) {
    static_cast<void>(apply(tx, *plan.registered));
    progress.registered = true;
  }
  if (!finish.owner || !finish.owner->identity_id) {
    insert(tx, finish.identity);
  } else if (finish.identity.blinds.union_id && !finish.owner->has_union) {
    tx.run_exactly(1, set_identity_union, finish.identity.blinds.union_id,
                   *finish.owner->identity_id);
  }
  if (plan.login) {
    progress.session = apply(tx, *plan.login);
  } else {
    const bool is_known = finish.owner && finish.owner->identity_id;
    progress.linked = is_known ? *finish.owner->identity_id : finish.identity.id;
    note_events(tx, finish.identity.account_id, plan.entries, std::nullopt, finish.identity.now_ms);
  }
  return progress;
}

void leave(sql::Transaction& tx, const FinishPlan& plan) {
  if (plan.login) {
    leave(tx, *plan.login);
  }
  if (plan.waits_for_factor) {
    tx.run_exactly(1, advance_flow, flow_known, plan.finish.held, plan.finish.flow.id,
                   plan.finish.flow.step);
  }
}

}  // namespace kameng::account
