// identity.hpp - identities as rows: who else vouches for an account.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/identity.hpp>

#include "account/identity_provider.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "keys/key_ring.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// The host's own users are identities of a provider of this name, which has no application.
inline constexpr std::string_view host_identity = "host";

// What an identity is found by.
struct IdentityBlinds {
  Bytes subject;
  std::optional<Bytes> union_id;
};
[[nodiscard]] IdentityBlinds blind(const keys::KeyRing& keys, std::string_view family,
                                   std::string_view app, const Subject& subject);

struct IdentityOwner {
  AccountId account_id;
  std::optional<IdentityId> identity_id;  // nothing: known by another application of the same owner
  bool has_union = false;
};
[[nodiscard]] std::optional<IdentityOwner> find_owner(sql::Transaction& tx,
                                                      const IdentityBlinds& blinds);

struct NewIdentity {
  IdentityId id;
  AccountId account_id;
  std::string family;
  std::string app;
  Bytes sealed;  // Subject, under the person's key
  IdentityBlinds blinds;
  TimeMs now_ms = 0;
};
void insert(sql::Transaction& tx, const NewIdentity& identity);
[[nodiscard]] bool has_identity(sql::Transaction& tx, AccountId id);

inline constexpr std::string_view identity_subject = "identity.subject";
// "subject", or "subject\nunion" where there is one.
[[nodiscard]] SecretText print_subject(const Subject& subject);
[[nodiscard]] Subject parse_subject(std::string_view text);
[[nodiscard]] Bytes seal_subject(const SecretBytes& person_key, AccountId id,
                                 const Subject& subject, Random& random);

// Deletes up to `rows_max` sign-ins that are over; how many.
std::int64_t prune_flows(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max);

}  // namespace kameng::account
