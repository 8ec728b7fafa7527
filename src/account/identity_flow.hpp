// identity_flow.hpp - one sign-in with a provider, from the page to the session: its row, and the
// last step's facts, decision and plan.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/identity.hpp>

#include "account/identity.hpp"
#include "account/login.hpp"
#include "account/register.hpp"
#include "audit/entry.hpp"
#include "command/decision.hpp"

namespace kameng::account {

inline constexpr std::int64_t flow_ms = 10LL * 60 * 1000;

// begun: the browser is with the provider. Steps of the provider's own follow. known: who it is, is
// known, but the account asks for a second factor. over: it cannot be used again.
inline constexpr std::string_view flow_begun = "begun";
inline constexpr std::string_view flow_known = "known";
inline constexpr std::string_view flow_over = "over";

struct Flow {
  IdentityFlowId id;
  std::string provider;
  std::optional<AccountId> account_id;  // to be linked to; nothing: a sign-in
  std::string step;
  std::optional<Bytes> held;  // what the next step needs, sealed under the ring
  TimeMs expires_at_ms = 0;
  Bytes binding_hash;  // when it was found by its state

  [[nodiscard]] bool is_over(TimeMs now_ms) const {
    return step == flow_over || expires_at_ms <= now_ms;
  }
};
[[nodiscard]] std::optional<Flow> find_flow_row(sql::Transaction& tx, IdentityFlowId id);
[[nodiscard]] std::optional<Flow> find_flow_row(sql::Transaction& tx,
                                                const crypto::Hash32& state_hash);
[[nodiscard]] Error flow_expired();

// Made before the phase, for the owner as it was seen then.
struct Finish {
  Flow flow;
  std::optional<IdentityOwner> owner;
  NewIdentity identity;
  std::optional<NewAccount> account;  // nobody has this identity, and nobody links it
  std::optional<NewSession> session;  // of a sign-in
  Bytes held;                         // the subject, if it has to wait for a second factor
};

struct FinishFacts {
  bool is_over = false;
  std::optional<LoginFacts> login;  // of the account that signs in
  bool account_exists = false;      // that is linked to
};

struct FinishPlan {
  Finish finish;
  std::optional<RegisterPlan> registered;
  std::optional<LoginPlan> login;
  bool waits_for_factor = false;
  std::vector<audit::Entry> entries;
};

// Nothing when the identity's owner is no longer the one that was seen.
[[nodiscard]] std::optional<FinishFacts> read_facts(sql::Transaction& tx, const keys::KeyRing& keys,
                                                    const Finish& finish);
// Refuses with identity.expired, identity.taken, account.not_found, and those of signing in.
[[nodiscard]] command::Decision<FinishPlan> decide(const FinishFacts& facts, const Finish& finish);
[[nodiscard]] identity::Progress apply(sql::Transaction& tx, const FinishPlan& plan);
// What a refusal leaves behind: a second factor that was tried, and who waits for it.
void leave(sql::Transaction& tx, const FinishPlan& plan);

}  // namespace kameng::account
