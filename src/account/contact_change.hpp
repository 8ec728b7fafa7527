// contact_change.hpp - changing, proving and taking away a contact: facts, decision, plan.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <kameng/contact.hpp>

#include "account/person.hpp"
#include "account/verification.hpp"
#include "audit/entry.hpp"
#include "command/decision.hpp"
#include "queue/outbox.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

enum class ContactKind : std::uint8_t { email, phone };
[[nodiscard]] std::string_view contact_kind_name(ContactKind kind) noexcept;

// Made before the phase.
struct ContactChange {
  AccountId account_id;
  ContactKind kind = ContactKind::email;
  std::optional<Bytes> sealed, blind;  // nothing: it is taken away
  std::optional<Bytes> blind_before;   // as it was when this was made
  std::optional<GivenCode> code;
  std::optional<queue::OutboxCall> warning;  // to the contact that was there
  std::optional<SessionId> session;
  TimeMs now_ms = 0;
};

struct ContactFacts {
  bool exists = false;  // neither closed nor erased
  std::optional<Bytes> blind;
  std::optional<TimeMs> verified_at_ms;
  bool has_other_way_in = false;  // the other contact, or an identity
  bool is_taken = false;          // by somebody else
  std::optional<CodeFacts> code;
};

struct ContactPlan {
  ContactChange change;
  ContactFacts facts;
  std::optional<TimeMs> verified_at_ms;
  bool changes = false;  // false: it is so already
  std::vector<audit::Entry> entries;
};

// Nothing when the contact is no longer the one that the change was made for.
[[nodiscard]] std::optional<ContactFacts> read_facts(sql::Transaction& tx,
                                                     const keys::KeyRing& keys,
                                                     const ContactChange& change);
// Refuses with account.not_found, verification.*, account.contact_taken, contact.last.
[[nodiscard]] command::Decision<ContactPlan> decide(const ContactFacts& facts,
                                                    const ContactChange& change);
[[nodiscard]] contact::View apply(sql::Transaction& tx, const ContactPlan& plan);
// What a refusal leaves behind: the try that it was.
void leave(sql::Transaction& tx, const ContactPlan& plan);

}  // namespace kameng::account
