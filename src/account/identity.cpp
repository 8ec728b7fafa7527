#include "account/identity.hpp"

#include <algorithm>

#include "account/identity_sql.hpp"
#include "account/person.hpp"

namespace kameng::account {
namespace {

[[nodiscard]] Bytes blind_of(const keys::KeyRing& keys, std::string_view purpose,
                             std::initializer_list<std::string_view> parts) {
  // Lengths between the parts: no two lists give the same text.
  std::string text;
  for (const std::string_view part : parts) {
    text += std::to_string(part.size()) + ":" + std::string(part);
  }
  const keys::BlindIndex index = keys.blind(purpose, as_bytes(text));
  return Bytes(index.begin(), index.end());
}

}  // namespace

Error identity_refused() {
  return {Status::unauthenticated, "identity.refused",
          "The provider does not vouch for this sign-in. Begin again."};
}

Error identity_provider_failed() {
  return Error{Status::unavailable, "identity.provider_failed",
               "The provider gave no answer that can be read. Begin again."}
      .with(Retry::later);
}

IdentityBlinds blind(const keys::KeyRing& keys, std::string_view family, std::string_view app,
                     const Subject& subject) {
  IdentityBlinds blinds{blind_of(keys, "identity", {family, app, subject.subject}), {}};
  if (subject.union_id) {
    blinds.union_id = blind_of(keys, "identity_union", {family, *subject.union_id});
  }
  return blinds;
}

std::optional<IdentityOwner> find_owner(sql::Transaction& tx, const IdentityBlinds& blinds) {
  {
    sql::Rows rows = tx.query(find_identity, blinds.subject);
    if (rows.next()) {
      return IdentityOwner{rows.id<AccountId>(1), rows.id<IdentityId>(0), !rows.is_null(2)};
    }
  }
  if (blinds.union_id) {
    sql::Rows rows = tx.query(find_identity_by_union, *blinds.union_id);
    if (rows.next()) {
      return IdentityOwner{rows.id<AccountId>(0), std::nullopt, true};
    }
  }
  return std::nullopt;
}

void insert(sql::Transaction& tx, const NewIdentity& identity) {
  tx.run_exactly(1, insert_identity, identity.id, identity.account_id, identity.family,
                 identity.app, identity.sealed, identity.blinds.subject, identity.blinds.union_id,
                 identity.now_ms);
}

bool has_identity(sql::Transaction& tx, AccountId id) {
  sql::Rows rows = tx.query(list_identities, id, 1);
  return rows.next();
}

SecretText print_subject(const Subject& subject) {
  return SecretText(subject.subject + (subject.union_id ? "\n" + *subject.union_id : ""));
}

Subject parse_subject(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  Subject subject{std::string(text.substr(0, end)), {}};
  if (end < text.size()) {
    subject.union_id = std::string(text.substr(end + 1));
  }
  return subject;
}

Bytes seal_subject(const SecretBytes& person_key, AccountId id, const Subject& subject,
                   Random& random) {
  return seal_value(person_key, identity_subject, id, print_subject(subject).view(), random);
}

std::int64_t prune_flows(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max) {
  return tx.run_count(prune_flows_rows, now_ms, rows_max);
}

}  // namespace kameng::account
