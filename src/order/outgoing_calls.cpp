#include "order/outgoing_calls.hpp"

#include <utility>

#include "account/message.hpp"
#include "order/give_up.hpp"
#include "order/order_service.hpp"
#include "payment/postings.hpp"

namespace kameng::order {
namespace {

using payment::Action;
using payment::AttemptState;
using payment::Verdict;

void decide_close(CallPlan& plan, const CallFacts& facts, const payment::Outcome& outcome,
                  IdPool& ids) {
  if (!outcome.closed) {
    plan.repeat = true;
    plan.repeat_reason = outcome.code;
    return;
  }
  PaymentChange change{facts.call->payment, facts.call->payment.state};
  if (payment::is_open(change.before)) {
    change.after.state = AttemptState::expired;
    plan.entries.push_back({.kind = "payment.closed", .subject = change.after.id.text()});
    plan.payments.push_back(change);
  }
  bool others_open = false;
  for (const payment::Payment& other : facts.payments) {
    others_open = others_open || (other.id != change.after.id && payment::is_open(other.state));
  }
  if (facts.order && facts.order->status == OrderStatus::closing && !others_open) {
    std::vector<payment::Payment> settled = facts.payments;
    for (payment::Payment& payment : settled) {
      if (payment.id == change.after.id) {
        payment.state = change.after.state;
      }
    }
    give_up(plan, *facts.order, settled, facts.refunds, facts.held, OrderStatus::expired, "expired",
            ids);
  }
}

void decide_refund(CallPlan& plan, const CallFacts& facts, const payment::Outcome& outcome) {
  const payment::Refund& refund = *facts.call->refund;
  if (!payment::is_open(refund.state)) {
    return;
  }
  RefundChange change{refund, refund.state};
  if (outcome.verdict == Verdict::success && outcome.amount != refund.amount) {
    // It gave back another amount than was asked for: a person finds out what happened.
    change.after.state = AttemptState::integrity_failure;
    plan.entries.push_back({.kind = "refund.integrity_failure",
                            .subject = refund.id.text(),
                            .details = {{"amount", outcome.amount ? outcome.amount->amount : 0}}});
  } else if (outcome.verdict == Verdict::success) {
    change.after.state = AttemptState::success;
    const payment::Payment& payment = facts.call->payment;
    plan.journals.push_back(payment::refund_succeeded(
        refund.id.text(), payment::clearing_owner(payment.provider, payment.merchant),
        refund.amount));
    plan.entries.push_back({.kind = "refund.succeeded", .subject = refund.id.text()});
  } else if (outcome.verdict == Verdict::declined) {
    // The channel will not: a customer gets it as balance, a guest's money waits for a person.
    if (facts.order && facts.order->account_id) {
      change.after.state = AttemptState::success;
      plan.journals.push_back(payment::refund_to_wallet(refund.id.text(), ledger::Account::wallet,
                                                        facts.order->account_id->text(),
                                                        refund.amount));
      plan.entries.push_back({.kind = "refund.to_wallet", .subject = refund.id.text()});
    } else {
      change.after.state = AttemptState::declined;
      plan.entries.push_back({.kind = "refund.declined",
                              .subject = refund.id.text(),
                              .details = {{"code", outcome.code}}});
    }
  } else {
    // Certainly not sent is known only as long as no earlier try may have arrived.
    const bool never_sent =
        outcome.verdict == Verdict::not_sent && change.before != AttemptState::unknown;
    change.after.state = never_sent ? AttemptState::not_sent : AttemptState::unknown;
    plan.repeat = true;
    plan.repeat_reason = outcome.code;
  }
  plan.refund = std::move(change);
}

}  // namespace

command::Decision<CallPlan> decide(const CallFacts& facts, const payment::Outcome& outcome,
                                   TimeMs now_ms, IdPool& ids) {
  using Decision = command::Decision<CallPlan>;
  if (!facts.call) {
    return Decision::refuse(
        Error{Status::not_found, "call.not_found", "There is no such outgoing call."}.at(
            "call_id"));
  }
  CallPlan plan;
  if (!facts.call->open) {
    plan.outcome = "repeated";
    return Decision::accept(std::move(plan));
  }
  if (facts.money) {
    MoneyPlan money = decide_money(*facts.money, now_ms, ids);
    static_cast<Effects&>(plan) = std::move(static_cast<Effects&>(money));
  } else if (facts.call->refund) {
    decide_refund(plan, facts, outcome);
  } else {
    decide_close(plan, facts, outcome, ids);
  }
  plan.outcome = plan.repeat ? "again" : "done";
  return Decision::accept(std::move(plan));
}

namespace {

CallFacts read_call_facts(sql::Transaction& tx, const CallId& id, const payment::Outcome& outcome,
                          const payment::Provider& provider) {
  CallFacts facts;
  facts.call = payment::read_call(tx, id);
  if (!facts.call || !facts.call->open) {
    return facts;
  }
  facts.order = find(tx, facts.call->payment.order_id);
  if (!tx.is_only_writer()) {
    // Somebody else may have brought the answer while the order's lock was waited for.
    facts.call = payment::read_call(tx, id);
    if (!facts.call || !facts.call->open) {
      return facts;
    }
  }
  const payment::Payment& payment = facts.call->payment;
  facts.payments = payment::find_of_order(tx, payment.order_id);
  facts.refunds = payment::refunds_of_order(tx, payment.order_id);
  facts.held = vault::held(tx, payment.order_id);
  if (outcome.paid && outcome.amount && !facts.call->refund) {
    const payment::NoticeEvent event{.kind = payment::NoticeKind::paid,
                                     .event_id = "answer/" + facts.call->trade.out_trade_no,
                                     .out_trade_no = facts.call->trade.out_trade_no,
                                     .provider_trade_no = outcome.provider_trade_no,
                                     .merchant = outcome.merchant,
                                     .amount = *outcome.amount};
    facts.money = read_money_facts(tx, event, provider.name(), provider.merchant());
  }
  return facts;
}

void apply_call(command::Command& command, sql::Transaction& tx, const CallFacts& facts,
                CallPlan& plan) {
  const TimeMs now_ms = command.now_ms();
  apply(command, tx, facts.order ? &*facts.order : nullptr, plan);
  if (plan.refund) {
    payment::update(tx, plan.refund->after, plan.refund->before, now_ms);
  }
  if (!facts.call->open) {
    return;
  }
  if (!plan.repeat) {
    payment::finish_call(tx, facts.call->id);
  } else if (!payment::repeat_call(tx, *facts.call, plan.repeat_reason, now_ms)) {
    plan.outcome = "done";
    plan.entries.push_back({.kind = "call.given_up",
                            .subject = facts.call->id.text(),
                            .details = {{"payment", facts.call->payment.id.text()}}});
  }
}

constexpr std::int64_t lease_ms = 60'000;

OutgoingCall to_outgoing(const payment::Call& call, const payment::Provider& provider) {
  return {call.id, std::string(payment::action_name(call.action)),
          provider.build(call.action, call.trade), std::nullopt};
}

// The answer to a message: that it left, or that it did not.
Result<outbox::Finished> finish_message(command::Command& command, const outbox::Done& request) {
  struct Plan {
    std::vector<audit::Entry> entries;
    std::optional<queue::StoredCall> call;
  };
  const bool not_sent = request.failure && request.failure->kind == "not_sent";
  return command.phase<outbox::Finished>([&](sql::Transaction& tx) -> Result<outbox::Finished> {
    Plan plan;
    plan.call = queue::find(tx, request.call_id);
    return command.settle<outbox::Finished>(
        tx, command::Decision<Plan>::accept(std::move(plan)), [&](const Plan& settled) {
          return outbox::Finished{
              std::string(account::finish_message(tx, *settled.call, not_sent, command.now_ms()))};
        });
  });
}

}  // namespace

Result<outbox::Calls> OrderService::pull_calls(command::Command& command,
                                               const outbox::Pull& request) {
  struct Plan {
    std::vector<audit::Entry> entries;
    std::vector<payment::Call> calls;
    std::vector<queue::OutboxCall> messages;
  };
  // A lease is not an answer to be replayed: a repetition leases what is due then.
  command.repeatable();
  KAMENG_TRY(const Plan leased, command.phase<Plan>([&](sql::Transaction& tx) -> Result<Plan> {
    Plan plan;
    for (queue::StoredCall& stored : queue::lease(tx, command.now_ms(), request.limit, lease_ms)) {
      if (stored.call.kind == account::message_kind) {
        if (account::is_of_use(tx, stored, command.now_ms())) {
          plan.messages.push_back(std::move(stored.call));
        }
      } else if (auto call = payment::to_call(tx, stored)) {
        plan.calls.push_back(std::move(*call));
      }
    }
    return command.settle<Plan>(tx, command::Decision<Plan>::accept(std::move(plan)),
                                [](const Plan& settled) { return settled; });
  }));
  outbox::Calls calls;
  for (const payment::Call& call : leased.calls) {
    if (const payment::Provider* provider = channel(call.provider)) {
      calls.calls.push_back(to_outgoing(call, *provider));
    }
  }
  for (const queue::OutboxCall& message : leased.messages) {
    KAMENG_TRY(OutgoingMessage opened, account::open_message(command.keys(), message));
    calls.calls.push_back({message.id, message.kind, std::nullopt, std::move(opened)});
  }
  return calls;
}

Result<outbox::Finished> OrderService::finish_call(command::Command& command,
                                                   const outbox::Done& request) {
  if (request.response.has_value() == request.failure.has_value()) {
    return Error{Status::invalid_argument, "call.answer_missing",
                 "Give either response or failure."}
        .at("response");
  }
  std::optional<payment::Call> known;
  bool is_message = false;
  KAMENG_CHECK(command.environment().database.read(
      command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
        known = payment::read_call(tx, request.call_id);
        const auto stored = known ? std::nullopt : queue::find(tx, request.call_id);
        is_message = stored && stored->call.kind == account::message_kind;
        return {};
      }));
  if (is_message) {
    return finish_message(command, request);
  }
  const payment::Provider* provider = known ? channel(known->provider) : nullptr;
  if (provider == nullptr) {
    return Error{Status::not_found, "call.not_found", "There is no such outgoing call."}.at(
        "call_id");
  }
  payment::Outcome outcome{.verdict = Verdict::unknown, .code = "no_answer"};
  if (request.response) {
    HttpResponse response = *request.response;
    if (response.body_base64) {
      const auto decoded = from_base64(*response.body_base64);
      if (!decoded) {
        return Error{Status::invalid_argument, "field.base64", "body_base64 is not base64."}.at(
            "response.body_base64");
      }
      response.body = std::string(as_text(*decoded));
    }
    outcome = provider->parse(known->action, known->trade, response);
  } else {
    outcome.code = request.failure->kind;
    outcome.verdict = outcome.code == "not_sent" ? Verdict::not_sent : Verdict::unknown;
  }
  IdPool ids(command.now_ms(), command.random());
  return command.phase<outbox::Finished>([&](sql::Transaction& tx) -> Result<outbox::Finished> {
    ids.rewind();
    const CallFacts facts = read_call_facts(tx, request.call_id, outcome, *provider);
    return command.settle<outbox::Finished>(tx, decide(facts, outcome, command.now_ms(), ids),
                                            [&](CallPlan& plan) {
                                              apply_call(command, tx, facts, plan);
                                              return outbox::Finished{plan.outcome};
                                            });
  });
}

}  // namespace kameng::order
