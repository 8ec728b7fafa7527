#include "order/effects.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "payment/postings.hpp"
#include "pricing/quote.hpp"

namespace kameng::order {
namespace {

using ledger::Account;

ledger::Journal paid_journal(const Order& order, const std::vector<Source>& sources) {
  ledger::Journal journal{
      .kind = "order.paid", .ref = order.id.text(), .currency = order.total.currency};
  for (const Source& source : sources) {
    if (source.amount > 0) {
      journal.entries.push_back(ledger::debit(source.account, source.owner, source.amount));
    }
  }
  journal.entries.push_back(ledger::credit(Account::escrow, journal.ref, order.total.amount));
  return journal;
}

// Own goods are the shop's sales; a supplier's goods are the supplier's, less the commission. What
// a tier takes off is the shop's expense: neither the supplier nor its commission hear of it.
ledger::Journal delivered_journal(const Order& order) {
  ledger::Journal journal{
      .kind = "order.delivered", .ref = order.id.text(), .currency = order.total.currency};
  journal.entries.push_back(ledger::debit(Account::escrow, journal.ref, order.total.amount));
  std::int64_t sales = 0;
  std::int64_t commission = 0;
  std::int64_t discount = 0;
  std::map<std::string, std::int64_t> suppliers;
  for (const Line& line : order.lines) {
    const std::int64_t list_price = line.amount + line.discount;
    discount += line.discount;
    if (line.supplier_id) {
      const auto share = pricing::split_share(list_price, line.commission_bp);
      suppliers[*line.supplier_id + "/" + journal.ref] += share.supplier;
      commission += share.commission;
    } else {
      sales += list_price;
    }
  }
  if (discount > 0) {
    journal.entries.push_back(ledger::debit(Account::promo_tier, "", discount));
  }
  for (const auto& [owner, amount] : suppliers) {
    if (amount > 0) {
      journal.entries.push_back(ledger::credit(Account::sup_pending, owner, amount));
    }
  }
  if (commission > 0) {
    journal.entries.push_back(ledger::credit(Account::commission, "", commission));
  }
  if (sales > 0) {
    journal.entries.push_back(ledger::credit(Account::sales, "", sales));
  }
  return journal;
}

}  // namespace

IdBytes IdPool::take() {
  const IdBytes taken = next_;
  // One more, as of a number of 80 bits; the time stays.
  constexpr std::size_t random_begins = 6;
  for (std::size_t at = next_.size(); at-- > random_begins && ++next_[at] == 0;) {
  }
  return taken;
}

bool complete(const Order& order, const CodeFacts& codes) {
  std::int64_t have = std::ssize(codes.held);
  for (const Claim& claim : codes.claims) {
    have += static_cast<std::int64_t>(claim.codes.size());
  }
  return have == order.codes();
}

OrderStatus pay_and_deliver(Effects& effects, const Order& order,
                            const std::vector<Source>& sources, const CodeFacts& codes,
                            TimeMs now_ms) {
  effects.journals.push_back(paid_journal(order, sources));
  effects.entries.push_back({.kind = "order.paid",
                             .subject = order.id.text(),
                             .details = {{"from", std::string(order_status_name(order.status))},
                                         {"amount", order.total.amount},
                                         {"currency", std::string(order.total.currency.code())}}});
  if (complete(order, codes)) {
    deliver(effects, order, codes, now_ms);
    return OrderStatus::delivered;
  }
  effects.order = OrderChange{
      .to = OrderStatus::paid, .covered = order.total.amount, .due_at_ms = now_ms + stock_retry_ms};
  return OrderStatus::paid;
}

void deliver(Effects& effects, const Order& order, const CodeFacts& codes, TimeMs now_ms) {
  effects.held = HeldCodes::sell;
  effects.held_codes = codes.held;
  effects.claims = codes.claims;
  effects.journals.push_back(delivered_journal(order));
  effects.order = OrderChange{.to = OrderStatus::delivered,
                              .covered = order.total.amount,
                              .due_at_ms = std::nullopt,
                              .delivered_at_ms = now_ms};
  effects.entries.push_back({.kind = "order.delivered",
                             .subject = order.id.text(),
                             .details = {{"codes", order.codes()}}});
}

void give_back(Effects& effects, const payment::Payment& payment, Account from, std::string owner,
               std::int64_t amount, std::string_view reason, IdPool& ids) {
  payment::Refund refund{.id = ids.next<RefundId>(),
                         .order_id = payment.order_id,
                         .payment_id = payment.id,
                         .reason = std::string(reason),
                         .amount = {amount, payment.amount.currency}};
  effects.journals.push_back(
      payment::refund_requested(refund.id.text(), from, std::move(owner), refund.amount));
  if (const auto wallet = payment::wallet_account(payment.provider)) {
    // The customer's balance is ours to write: it is back at once.
    effects.journals.push_back(
        payment::refund_to_wallet(refund.id.text(), *wallet, payment.merchant, refund.amount));
    refund.state = payment::AttemptState::success;
  } else {
    effects.calls.push_back({.id = ids.next<CallId>(),
                             .action = payment::Action::refund,
                             .provider = payment.provider,
                             .payment_id = payment.id,
                             .refund_id = refund.id});
  }
  effects.entries.push_back(
      {.kind = "refund.requested",
       .subject = refund.id.text(),
       .details = {
           {"order", payment.order_id.text()}, {"amount", amount}, {"reason", refund.reason}}});
  effects.refunds.push_back(refund);
}

void close_open_payments(Effects& effects, const std::vector<payment::Payment>& payments,
                         IdPool& ids) {
  for (const payment::Payment& payment : payments) {
    if (payment::is_open(payment.state)) {
      effects.calls.push_back({.id = ids.next<CallId>(),
                               .action = payment::Action::close,
                               .provider = payment.provider,
                               .payment_id = payment.id});
    }
  }
}

CodeFacts read_codes(sql::Transaction& tx, const Order& order, bool pick_more) {
  CodeFacts facts;
  std::map<std::int32_t, std::int64_t> held_by_line;
  facts.held = vault::held(tx, order.id);
  for (const vault::HeldCode& code : facts.held) {
    held_by_line[code.line] += 1;
  }
  if (std::ssize(facts.held) == order.codes() || !pick_more) {
    return facts;
  }
  for (const Line& line : order.lines) {
    const std::int64_t missing = line.quantity - held_by_line[line.line];
    if (missing > 0) {
      facts.claims.push_back(
          {line.sku_id, line.line, vault::pick(tx, line.sku_id, static_cast<int>(missing))});
    }
  }
  return facts;
}

void apply(command::Command& command, sql::Transaction& tx, const Order* order,
           const Effects& effects) {
  const TimeMs now_ms = command.now_ms();
  if (order != nullptr && effects.order) {
    update(tx, *order, *effects.order);
    command.expect_due(effects.order->due_at_ms);
  }
  for (const PaymentChange& change : effects.payments) {
    payment::update(tx, change.after, change.before);
  }
  for (const payment::Payment& payment : effects.begun) {
    payment::insert(tx, payment);
  }
  for (const ledger::Journal& journal : effects.journals) {
    ledger::post(tx, journal, now_ms);
  }
  if (order != nullptr) {
    for (const Claim& claim : effects.claims) {
      vault::claim(tx, claim.codes, claim.sku_id, {order->id, claim.line});
    }
    if (effects.held == HeldCodes::sell) {
      vault::sell(tx, order->id, effects.held_codes);
    } else if (effects.held == HeldCodes::release) {
      vault::release(tx, order->id, effects.held_codes);
    }
  }
  for (const payment::Refund& refund : effects.refunds) {
    payment::insert(tx, refund, now_ms);
  }
  for (const payment::CallStart& call : effects.calls) {
    payment::enqueue(tx, call, now_ms);
  }
}

}  // namespace kameng::order
