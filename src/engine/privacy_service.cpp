#include "engine/privacy_service.hpp"

#include <utility>

#include "account/permissions.hpp"
#include "account/privacy.hpp"
#include "ledger/totals.hpp"
#include "order/forget.hpp"
#include "payment/payment_store.hpp"
#include "queue/job.hpp"

namespace kameng::engine {
namespace {

constexpr int consents_max = 200;
constexpr int orders_a_slice = 200;
constexpr int erasures_a_slice = 500;

Error account_not_found() {
  return {Status::not_found, "account.not_found", "There is no such account."};
}

// Consents: facts, decision, plan.
struct ConsentFacts {
  bool exists = false;
};
struct ConsentPlan {
  AccountId account_id;
  privacy::Consent consent;
  std::vector<audit::Entry> entries;
};

command::Decision<ConsentPlan> decide(const ConsentFacts& facts, AccountId id,
                                      privacy::Consent consent) {
  using Decision = command::Decision<ConsentPlan>;
  if (!facts.exists) {
    return Decision::refuse(account_not_found());
  }
  ConsentPlan plan{.account_id = id, .consent = std::move(consent), .entries = {}};
  plan.entries.push_back({plan.consent.granted ? "consent.given" : "consent.withdrawn",
                          id.text(),
                          {{"text", plan.consent.text}, {"version", plan.consent.version}}});
  return Decision::accept(std::move(plan));
}

// Erasure: facts, decision, plan.
struct EraseFacts {
  bool exists = false;
  std::optional<TimeMs> erased_at_ms;
  bool open_orders = false;
  bool has_money = false;
};
struct ErasePlan {
  AccountId account_id;
  TimeMs now_ms = 0;
  bool repeated = false;
  std::vector<audit::Entry> entries;
};

Error not_settled(const EraseFacts& facts) {
  return Error{Status::failed_precondition, "account.not_settled",
               "An order is not finished, or the wallet holds money: settle that first."}
      .detail("waits_for", facts.open_orders ? "orders" : "wallet");
}

EraseFacts read_facts(sql::Transaction& tx, AccountId id) {
  EraseFacts facts;
  facts.exists = account::find_customer(tx, id).has_value();
  facts.erased_at_ms = account::erased_at(tx, id);
  facts.open_orders = order::has_open_orders(tx, id);
  facts.has_money = !ledger::owed_to(tx, id.text()).empty();
  return facts;
}

command::Decision<ErasePlan> decide(const EraseFacts& facts, AccountId id, TimeMs now_ms) {
  using Decision = command::Decision<ErasePlan>;
  if (!facts.exists) {
    return Decision::refuse(account_not_found());
  }
  ErasePlan plan{.account_id = id,
                 .now_ms = facts.erased_at_ms.value_or(now_ms),
                 .repeated = facts.erased_at_ms.has_value(),
                 .entries = {}};
  if (plan.repeated) {
    return Decision::accept(std::move(plan));
  }
  if (facts.open_orders || facts.has_money) {
    return Decision::refuse(not_settled(facts));
  }
  plan.entries.push_back({"account.erased", id.text()});
  return Decision::accept(std::move(plan));
}

// The person goes at once, with the first part of a long list of orders; the job does the rest,
// and empties what files still hold of what was overwritten.
privacy::Erased apply(sql::Transaction& tx, const ErasePlan& plan) {
  if (!plan.repeated) {
    account::erase_person(tx, plan.account_id, plan.now_ms);
    static_cast<void>(order::forget_origins(tx, plan.account_id, OrderId{}, orders_a_slice));
    queue::insert_job(tx,
                      {.kind = "privacy.erase",
                       .args = plan.account_id.text(),
                       .run_at_ms = plan.now_ms,
                       .unique_key = "privacy.erase/" + plan.account_id.text()},
                      plan.now_ms);
  }
  return {plan.now_ms};
}

// Closing: facts, decision, plan.
struct ClosePlan {
  AccountId account_id;
  TimeMs closed_at_ms = 0;
  bool repeated = false;
  std::vector<audit::Entry> entries;
};

command::Decision<ClosePlan> decide_close(const account::ClosingFacts& facts,
                                          const EraseFacts& business, AccountId id, TimeMs now_ms) {
  using Decision = command::Decision<ClosePlan>;
  if (!facts.exists) {
    return Decision::refuse(account_not_found());
  }
  if (facts.is_staff) {
    return Decision::refuse({Status::failed_precondition, "account.has_role",
                             "Somebody who works for the shop: have the roles taken away first."});
  }
  ClosePlan plan{.account_id = id,
                 .closed_at_ms = facts.closed_at_ms.value_or(now_ms),
                 .repeated = facts.closed_at_ms.has_value(),
                 .entries = {}};
  if (!plan.repeated) {
    if (business.open_orders || business.has_money) {
      return Decision::refuse(not_settled(business));
    }
    plan.entries.push_back({"account.closed", id.text()});
  }
  return Decision::accept(std::move(plan));
}

account::Closed apply(sql::Transaction& tx, const ClosePlan& plan) {
  const TimeMs erased_at_ms =
      plan.closed_at_ms + account::closed_account_days * account::tier_day_ms;
  if (!plan.repeated) {
    account::close(tx, plan.account_id, plan.closed_at_ms);
    queue::insert_job(tx,
                      {.kind = "account.erase_closed",
                       .args = plan.account_id.text(),
                       .run_at_ms = erased_at_ms,
                       .unique_key = "account.erase_closed/" + plan.account_id.text()},
                      plan.closed_at_ms);
  }
  return {plan.closed_at_ms, erased_at_ms};
}

// In transactions of its own, a slice of orders each.
Result<void> forget_all_origins(sql::Database& database, AccountId id, const Deadline& deadline) {
  std::optional<OrderId> next = OrderId{};
  while (next) {
    const OrderId after = *next;
    KAMENG_CHECK(database.write_alone(deadline, [&](sql::Transaction& tx) -> Result<void> {
      next = order::forget_origins(tx, id, after, orders_a_slice);
      return {};
    }));
  }
  return {};
}

Result<void> forget_rest(command::Command& command, AccountId id) {
  sql::Database& database = command.environment().database;
  KAMENG_CHECK(forget_all_origins(database, id, command.deadline()));
  return database.forget(command.deadline());
}

}  // namespace

Result<privacy::Consent> PrivacyService::give(command::Command& command,
                                              const privacy::GiveConsent& request) {
  KAMENG_TRY(const AccountId id, account::acting_customer(command.actor()));
  const privacy::Consent consent{request.text, request.version, request.granted, command.now_ms()};
  return command.phase<privacy::Consent>([&](sql::Transaction& tx) {
    const ConsentFacts facts{account::find_customer(tx, id).has_value()};
    return command.settle<privacy::Consent>(tx, decide(facts, id, consent),
                                            [&](const ConsentPlan& plan) {
                                              account::add_consent(tx, id, plan.consent);
                                              return plan.consent;
                                            });
  });
}

Result<privacy::Consents> PrivacyService::list(command::Query& query,
                                               const privacy::ListConsents& /*request*/) {
  KAMENG_TRY(const AccountId id, account::acting_customer(query.actor()));
  return privacy::Consents{account::consents_of(query.tx, id, consents_max)};
}

Result<privacy::Held> PrivacyService::export_held(command::Query& query,
                                                  const privacy::Export& request) {
  KAMENG_TRY(const AccountId id, account::acting_customer(query.actor()));
  privacy::Held held;
  if (!request.cursor) {
    KAMENG_TRY(held.account, sources_.profiles.get(query, {}));
    KAMENG_TRY(account::SecurityEvents events, sources_.profiles.events(query, {.limit = 200}));
    held.security_events = std::move(events.items);
    KAMENG_TRY(identity::Identities identities, sources_.identities.list(query, {}));
    held.identities = std::move(identities.items);
    KAMENG_TRY(tier::Changes tiers, sources_.tiers.history(query, {}));
    held.tiers = std::move(tiers.items);
    KAMENG_TRY(session::Sessions sessions, sources_.sessions.list(query, {}));
    held.sessions = std::move(sessions.items);
    KAMENG_TRY(held.factor, sources_.factors.get(query, {}));
    KAMENG_TRY(api_key::Keys keys, sources_.api_keys.list(query, {}));
    held.api_keys = std::move(keys.items);
    held.consents = account::consents_of(query.tx, id, consents_max);
    held.wallet = ledger::owed_to(query.tx, id.text());
  }
  KAMENG_TRY(order::Page page,
             sources_.orders.list(query, {.cursor = request.cursor, .limit = request.limit}));
  held.next = std::move(page.next);
  for (order::View& view : page.items) {
    privacy::OrderRecord record;
    KAMENG_TRY(record.contact, order::contact_of(query.tx, query.keys(), view.order_id));
    for (const payment::Payment& payment : payment::find_of_order(query.tx, view.order_id)) {
      KAMENG_TRY(payment::View seen, sources_.orders.get_payment(query, {payment.id}));
      record.payments.push_back(std::move(seen));
    }
    record.order = std::move(view);
    held.orders.push_back(std::move(record));
  }
  return held;
}

Result<privacy::Erased> PrivacyService::erase(command::Command& command,
                                              const privacy::Erase& /*request*/) {
  KAMENG_TRY(const AccountId id, account::acting_customer(command.actor()));
  KAMENG_TRY(
      const privacy::Erased answer, command.phase<privacy::Erased>([&](sql::Transaction& tx) {
        return command.settle<privacy::Erased>(tx, decide(read_facts(tx, id), id, command.now_ms()),
                                               [&](const ErasePlan& plan) {
                                                 command.expect_due(plan.now_ms);
                                                 return apply(tx, plan);
                                               });
      }));
  // At once, if it can be; the job does it again.
  if (const Result<void> left = forget_rest(command, id); !left.ok()) {
    command.environment().log.write(
        LogLevel::warning, "privacy.erase: the rest is left to run_due: " + left.error().reason);
  }
  return answer;
}

Result<account::Closed> PrivacyService::close(command::Command& command,
                                              const account::Close& /*request*/) {
  KAMENG_TRY(const AccountId id, account::acting_customer(command.actor()));
  return command.phase<account::Closed>([&](sql::Transaction& tx) {
    const account::ClosingFacts facts = account::read_closing(tx, id);
    return command.settle<account::Closed>(
        tx, decide_close(facts, read_facts(tx, id), id, command.now_ms()),
        [&](const ClosePlan& plan) {
          const account::Closed closed = apply(tx, plan);
          command.expect_due(closed.erased_at_ms);
          return closed;
        });
  });
}

Result<void> PrivacyService::erase_closed(command::Command& command, std::string_view args) {
  const std::optional<AccountId> id = AccountId::parse(args);
  if (!id) {
    return Error{Status::data_loss, "job.malformed", "This job does not name an account."};
  }
  // Nobody has ordered since, but money may have come late. Then it is not settled, the job fails
  // and is tried again.
  KAMENG_CHECK(command.phase<privacy::Erased>([&](sql::Transaction& tx) {
    return command.settle<privacy::Erased>(tx, decide(read_facts(tx, *id), *id, command.now_ms()),
                                           [&](const ErasePlan& plan) { return apply(tx, plan); });
  }));
  return forget_rest(command, *id);
}

Result<void> PrivacyService::forget_orders(command::Command& command, std::string_view args) {
  const std::optional<AccountId> id = AccountId::parse(args);
  if (!id) {
    return Error{Status::data_loss, "job.malformed", "This job does not name an account."};
  }
  return forget_rest(command, *id);
}

Result<privacy::PersonalFields> PrivacyService::fields(command::Query& /*query*/,
                                                       const privacy::ListFields& /*request*/) {
  privacy::PersonalFields fields;
  const auto add = [&](const auto& columns) {
    for (const account::PersonalColumn& column : columns) {
      fields.items.push_back({std::string(column.table), std::string(column.column),
                              std::string(column.purpose), std::string(column.key),
                              std::string(column.retention), std::string(column.erased_by)});
    }
  };
  add(account::personal_columns);
  add(order::personal_columns);
  return fields;
}

Result<void> repeat_erasures(sql::Database& from, sql::Database& restored, TimeMs now_ms,
                             const Deadline& deadline) {
  AccountId after{};
  for (;;) {
    std::vector<account::Erasure> erasures;
    KAMENG_CHECK(from.read(deadline, [&](sql::Transaction& tx) -> Result<void> {
      erasures = account::erasures_after(tx, after, erasures_a_slice);
      return {};
    }));
    for (const account::Erasure& erasure : erasures) {
      bool forget = false;
      KAMENG_CHECK(restored.write_alone(deadline, [&](sql::Transaction& tx) -> Result<void> {
        forget = account::find_customer(tx, erasure.account_id).has_value() &&
                 !account::erased_at(tx, erasure.account_id);
        if (forget) {
          account::erase_person(tx, erasure.account_id, now_ms);
        }
        return {};
      }));
      if (forget) {
        KAMENG_CHECK(forget_all_origins(restored, erasure.account_id, deadline));
      }
    }
    if (std::ssize(erasures) < erasures_a_slice) {
      return restored.forget(deadline);
    }
    after = erasures.back().account_id;
  }
}

}  // namespace kameng::engine
