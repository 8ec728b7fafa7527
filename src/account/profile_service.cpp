#include "account/profile_service.hpp"

#include "account/account_row.hpp"
#include "account/centre_sql.hpp"
#include "account/contact_change.hpp"
#include "account/message.hpp"
#include "account/permissions.hpp"
#include "account/person.hpp"
#include "command/cursor.hpp"

namespace kameng::account {
namespace {

struct UpdatePlan {
  std::optional<Bytes> display_name;
  std::optional<std::string> locale;
  std::int64_t messages = 0;
  bool changes = false;
  std::vector<audit::Entry> entries;
};

struct UpdateFacts {
  bool exists = false;
  std::optional<Bytes> display_name;
  std::optional<std::string> locale;
  std::int64_t messages = 0;
};

UpdateFacts read_facts(sql::Transaction& tx, AccountId id) {
  UpdateFacts facts;
  sql::Rows rows = tx.query(lock_profile, id);
  facts.exists = rows.next() && !rows.blob_view(0).empty() && rows.is_null(1);
  if (facts.exists) {
    facts.display_name = rows.maybe_blob(2);
    facts.locale = rows.maybe_text(3);
    facts.messages = rows.int64(4);
  }
  return facts;
}

std::int64_t with_bit(std::int64_t bits, std::int64_t bit, const std::optional<bool>& wanted) {
  return !wanted ? bits : *wanted ? bits | bit : bits & ~bit;
}

// `sealed_name` belongs to the request's display_name.
command::Decision<UpdatePlan> decide(const UpdateFacts& facts, AccountId id, const Update& request,
                                     const std::optional<Bytes>& sealed_name) {
  using Decision = command::Decision<UpdatePlan>;
  if (!facts.exists) {
    return Decision::refuse(account_not_found());
  }
  UpdatePlan plan;
  plan.display_name = request.display_name ? sealed_name : facts.display_name;
  plan.locale = request.locale ? request.locale : facts.locale;
  if (plan.locale && plan.locale->empty()) {
    plan.locale.reset();
  }
  plan.messages = with_bit(facts.messages, Messages::orders, request.order_messages);
  plan.messages = with_bit(plan.messages, Messages::marketing, request.marketing_messages);
  plan.changes =
      request.display_name || plan.locale != facts.locale || plan.messages != facts.messages;
  if (plan.changes) {
    plan.entries.push_back({"account.updated", id.text()});
  }
  return Decision::accept(std::move(plan));
}

// Letters, digits and hyphens, in the shape of BCP 47; which languages there are is the host's.
bool is_locale(std::string_view text) {
  return text.empty() || (text.front() != '-' && text.back() != '-' &&
                          text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
                              std::string_view::npos);
}

Error changed() {
  return Error{Status::aborted, "account.changed", "The account has changed; repeat."}.with(
      Retry::same);
}

// Who held a contact hears that it is no longer theirs, there.
std::optional<queue::OutboxCall> warning(command::Command& command, const AccountRow& row,
                                         const Person& person, ContactKind kind) {
  const std::optional<std::string>& before =
      kind == ContactKind::email ? person.email : person.phone;
  if (!before) {
    return std::nullopt;
  }
  const OutgoingMessage message{.channel = kind == ContactKind::email ? "email" : "sms",
                                .to = *before,
                                .text = "contact_changed",
                                .params = {{"contact", std::string(contact_kind_name(kind))}},
                                .locale = row.locale ? row.locale : command.context().locale};
  return seal_message(command.keys(), command.random(), command.new_id<CallId>(), row.id.text(),
                      message);
}

// `wanted` has one contact, or none: then the kind's is taken away.
Result<ContactChange> prepare(command::Command& command, ContactKind kind, const Person& wanted) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  KAMENG_TRY(const AccountRow row, find_person(command, id));
  KAMENG_TRY(const Person person, open(command.keys(), id, row.person));
  const Blinds before = blind(command.keys(), person);
  ContactChange change;
  change.account_id = id;
  change.kind = kind;
  change.blind_before = kind == ContactKind::email ? before.email : before.phone;
  if (wanted.email || wanted.phone) {
    const Blinds blinds = blind(command.keys(), wanted);
    change.blind = kind == ContactKind::email ? blinds.email : blinds.phone;
    KAMENG_TRY(const SecretBytes key, open_person_key(command.keys(), id, row.person.person_key));
    change.sealed = seal_contact(key, id, wanted, command.random());
  }
  change.warning = warning(command, row, person, kind);
  change.session = command.actor().session_id;
  change.now_ms = command.now_ms();
  return change;
}

Result<contact::View> run(command::Command& command, const ContactChange& change) {
  return command.phase<contact::View>([&](sql::Transaction& tx) -> Result<contact::View> {
    const std::optional<ContactFacts> facts = read_facts(tx, command.keys(), change);
    if (!facts) {
      return changed();
    }
    return command.settle<contact::View>(
        tx, decide(*facts, change), [&](const ContactPlan& plan) { return apply(tx, plan); },
        [&](const ContactPlan& plan) { leave(tx, plan); });
  });
}

}  // namespace

Result<View> ProfileService::get(command::Query& query, const Get& /*request*/) {
  KAMENG_TRY(const AccountId id, acting_customer(query.actor()));
  const std::optional<AccountRow> row = find_row(query.tx, id);
  if (!row || row->is_erased()) {
    return account_not_found();
  }
  KAMENG_TRY(Person person, open(query.keys(), id, row->person));
  View view;
  view.account_id = id;
  view.display_name = std::move(person.display_name);
  view.email = std::move(person.email);
  view.phone = std::move(person.phone);
  view.email_verified = row->email_verified_at_ms.has_value();
  view.phone_verified = row->phone_verified_at_ms.has_value();
  view.status = account_status_name(row->status);
  view.locale = row->locale;
  view.order_messages = (row->messages & Messages::orders) != 0;
  view.marketing_messages = (row->messages & Messages::marketing) != 0;
  const Tiers::Current current = tiers_->current(row->tier, row->tier_until_ms, query.call.now_ms);
  view.tier = current.tier->name;
  view.tier_until_ms = current.until_ms;
  view.roles = role_names(row->roles);
  view.supplier_id = row->supplier_id;
  view.created_at_ms = row->created_at_ms;
  return view;
}

Result<Updated> ProfileService::update(command::Command& command, const Update& request) {
  KAMENG_TRY(const AccountId id, acting_customer(command.actor()));
  if (request.locale && !is_locale(*request.locale)) {
    return Error{Status::invalid_argument, "account.locale", "This is no language tag (BCP 47)."}
        .at("locale");
  }
  KAMENG_TRY(const AccountRow row, find_person(command, id));
  std::optional<Bytes> sealed_name;
  if (request.display_name && !request.display_name->empty()) {
    KAMENG_TRY(const SecretBytes key, open_person_key(command.keys(), id, row.person.person_key));
    sealed_name = seal_display_name(key, id, *request.display_name, command.random());
  }
  return command.phase<Updated>([&](sql::Transaction& tx) {
    return command.settle<Updated>(
        tx, decide(read_facts(tx, id), id, request, sealed_name), [&](const UpdatePlan& plan) {
          if (plan.changes) {
            tx.run_exactly(1, set_profile, plan.display_name, plan.locale, plan.messages, id);
          }
          return Updated{id};
        });
  });
}

Result<SecurityEvents> ProfileService::events(command::Query& query, const ListEvents& request) {
  KAMENG_TRY(const AccountId id, acting_customer(query.actor()));
  KAMENG_TRY(const std::int64_t before, command::read_cursor(request.cursor));
  SecurityEvents events;
  std::int64_t last = 0;
  sql::Rows rows = query.tx.query(list_events, id, before, request.limit + 1);
  while (rows.next()) {
    if (std::ssize(events.items) == request.limit) {
      events.next = std::to_string(last);
      break;
    }
    last = rows.int64(0);
    events.items.push_back({rows.text(1), rows.int64(3), rows.maybe_id<SessionId>(2)});
  }
  return events;
}

Result<contact::View> ProfileService::set_contact(command::Command& command,
                                                  const contact::Set& request) {
  if (request.email.has_value() == request.phone.has_value()) {
    return Error{Status::invalid_argument, "verification.one_contact",
                 "Give either email or phone."}
        .at("email");
  }
  KAMENG_TRY(const Person person, read_person(request.email, request.phone, std::nullopt));
  if (request.verification_id.has_value() != request.code.has_value() ||
      (!request.code && proves_contacts_ && !command.actor().by_host)) {
    return Error{Status::invalid_argument, "verification.required",
                 "Prove the contact: verification.begin with purpose contact sends a code there."}
        .at(request.verification_id ? "code" : "verification_id");
  }
  const ContactKind kind = person.email ? ContactKind::email : ContactKind::phone;
  KAMENG_TRY(ContactChange change, prepare(command, kind, person));
  if (request.code) {
    change.code =
        GivenCode{*request.verification_id, *request.code, CodePurpose::contact, *change.blind};
  }
  return run(command, change);
}

Result<contact::View> ProfileService::remove_contact(command::Command& command,
                                                     const contact::Remove& request) {
  KAMENG_TRY(
      const ContactChange change,
      prepare(command, request.contact == "email" ? ContactKind::email : ContactKind::phone, {}));
  return run(command, change);
}

}  // namespace kameng::account
