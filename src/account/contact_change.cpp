#include "account/contact_change.hpp"

#include "account/account_row.hpp"
#include "account/account_sql.hpp"
#include "account/centre_sql.hpp"
#include "account/identity.hpp"
#include "account/security_event.hpp"

namespace kameng::account {

std::string_view contact_kind_name(ContactKind kind) noexcept {
  return kind == ContactKind::email ? "email" : "phone";
}

std::optional<ContactFacts> read_facts(sql::Transaction& tx, const keys::KeyRing& keys,
                                       const ContactChange& change) {
  const bool is_email = change.kind == ContactKind::email;
  ContactFacts facts;
  // The code first and then the account, in the order in which signing in locks them.
  if (change.code) {
    facts.code = read_code(tx, keys, *change.code, change.now_ms);
  }
  {
    sql::Rows rows = tx.query(lock_contacts, change.account_id);
    facts.exists = rows.next() && !rows.blob_view(0).empty() && rows.is_null(5);
    if (facts.exists) {
      facts.blind = rows.maybe_blob(is_email ? 1 : 2);
      facts.verified_at_ms = rows.maybe_int64(is_email ? 3 : 4);
      facts.has_other_way_in = !rows.is_null(is_email ? 2 : 1);
    }
  }
  if (facts.exists && facts.blind != change.blind_before) {
    return std::nullopt;
  }
  facts.has_other_way_in = facts.has_other_way_in || has_identity(tx, change.account_id);
  if (change.blind) {
    sql::Rows rows = tx.query(is_email ? find_email_blind : find_phone_blind, *change.blind);
    facts.is_taken = rows.next() && rows.id<AccountId>(0) != change.account_id;
  }
  return facts;
}

command::Decision<ContactPlan> decide(const ContactFacts& facts, const ContactChange& change) {
  using Decision = command::Decision<ContactPlan>;
  const std::string kind(contact_kind_name(change.kind));
  ContactPlan plan{.change = change, .facts = facts, .verified_at_ms = {}, .entries = {}};
  if (!facts.exists) {
    return Decision::refuse(account_not_found());
  }
  if (facts.code) {
    if (std::optional<Error> refusal = judge(*facts.code)) {
      return Decision::refuse(std::move(*refusal), std::move(plan));
    }
  }
  if (facts.is_taken) {
    return Decision::refuse(Error{Status::already_exists, "account.contact_taken",
                                  "There is an account with this contact."}
                                .at(kind));
  }
  if (!change.blind && facts.blind && !facts.has_other_way_in) {
    return Decision::refuse(Error{Status::failed_precondition, "contact.last",
                                  "This is the last way in: add another first."}
                                .at("contact"));
  }
  const bool is_same = facts.blind == change.blind;
  if (change.blind) {
    plan.verified_at_ms = change.code ? change.now_ms
                          : is_same   ? facts.verified_at_ms
                                      : std::nullopt;
  }
  plan.changes = !is_same || plan.verified_at_ms != facts.verified_at_ms;
  if (plan.changes) {
    plan.entries.push_back({!change.blind ? "contact.removed"
                            : is_same     ? "contact.proved"
                                          : "contact.changed",
                            change.account_id.text(),
                            {{"contact", kind}}});
  }
  return Decision::accept(std::move(plan));
}

contact::View apply(sql::Transaction& tx, const ContactPlan& plan) {
  const ContactChange& change = plan.change;
  leave(tx, plan);
  if (plan.changes) {
    tx.run_exactly(1, change.kind == ContactKind::email ? set_email : set_phone, change.sealed,
                   change.blind, plan.verified_at_ms, change.account_id);
    note_events(tx, change.account_id, plan.entries, change.session, change.now_ms);
    if (change.warning && change.blind != plan.facts.blind) {
      queue::enqueue(tx, *change.warning, change.now_ms, change.now_ms);
    }
  }
  return {std::string(contact_kind_name(change.kind)), change.blind.has_value(),
          plan.verified_at_ms.has_value()};
}

void leave(sql::Transaction& tx, const ContactPlan& plan) {
  if (plan.facts.code) {
    settle_code(tx, *plan.change.code, *plan.facts.code, plan.change.now_ms);
  }
}

}  // namespace kameng::account
