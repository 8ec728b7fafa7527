#include "order/explain_order.hpp"

#include <algorithm>
#include <utility>

namespace kameng::order {
namespace {

using payment::AttemptState;

Explanation waiting(const Order& order, std::string_view what, std::string_view owner,
                    std::optional<TimeMs> until_ms, std::string_view text) {
  return {order.id,          std::string(order_status_name(order.status)),
          std::string(what), std::string(owner),
          until_ms,          std::string(text)};
}

template <class Attempts>
bool any_in(const Attempts& attempts, AttemptState state) {
  return std::any_of(attempts.begin(), attempts.end(),
                     [&](const auto& attempt) { return attempt.state == state; });
}

bool any_given_up(const std::vector<payment::Question>& questions) {
  return std::any_of(questions.begin(), questions.end(),
                     [](const auto& question) { return question.given_up; });
}

std::optional<TimeMs> next_asked(const std::vector<payment::Question>& questions) {
  std::optional<TimeMs> next;
  for (const payment::Question& question : questions) {
    if (question.asked_at_ms && (!next || *question.asked_at_ms < *next)) {
      next = question.asked_at_ms;
    }
  }
  return next;
}

// What only a person can settle, whatever the order's own state.
std::optional<Explanation> explain_case(const ExplainFacts& facts, std::optional<TimeMs> until_ms) {
  const Order& order = facts.order;
  if (any_in(facts.payments, AttemptState::integrity_failure)) {
    return waiting(order, "payment", "staff", until_ms,
                   "Money came that names another merchant or currency; a person has to look at "
                   "it.");
  }
  if (any_in(facts.refunds, AttemptState::integrity_failure)) {
    return waiting(order, "refund", "staff", until_ms,
                   "The provider gave back another amount than it was asked for; a person has to "
                   "look at it.");
  }
  if (any_in(facts.refunds, AttemptState::declined)) {
    return waiting(order, "refund", "staff", until_ms,
                   "The provider declined a refund; a person has to pay it back another way.");
  }
  if (any_given_up(facts.refundings)) {
    return waiting(order, "refund", "staff", until_ms,
                   "The provider never said whether it refunded; a person has to find out.");
  }
  if (any_given_up(facts.closings)) {
    return waiting(order, "provider_answer", "staff", until_ms,
                   "The provider never said whether a payment was made; a person has to find out.");
  }
  return std::nullopt;
}

Explanation explain_ended(const ExplainFacts& facts, std::string_view done) {
  if (auto of_staff = explain_case(facts, std::nullopt)) {
    return std::move(*of_staff);
  }
  const bool refunding =
      std::any_of(facts.refunds.begin(), facts.refunds.end(),
                  [](const auto& refund) { return payment::is_open(refund.state); });
  if (refunding) {
    return waiting(facts.order, "refund", "provider", next_asked(facts.refundings),
                   "Money is on its way back; the provider has been asked and its answer is "
                   "awaited.");
  }
  return waiting(facts.order, "nothing", "nobody", std::nullopt, done);
}

Explanation explain_pending(const ExplainFacts& facts) {
  const Order& order = facts.order;
  if (auto of_staff = explain_case(facts, order.expires_at_ms)) {
    return std::move(*of_staff);
  }
  if (order.covered > 0) {
    return waiting(order, "rest_of_payment", "customer", order.expires_at_ms,
                   "Part of the price has arrived. Begin a payment for the rest; afterwards it "
                   "goes back.");
  }
  return waiting(order, "payment", "customer", order.expires_at_ms,
                 facts.payments.empty() ? "No payment has been begun."
                                        : "The payment has been begun, no money has arrived.");
}

}  // namespace

Explanation decide(const ExplainFacts& facts, const Config& config) {
  const Order& order = facts.order;
  switch (order.status) {
    case OrderStatus::pending_payment:
      return explain_pending(facts);
    case OrderStatus::closing:
      return waiting(order, "provider_answer", "provider", order.due_at_ms,
                     "The time to pay is over; the provider is asked to close the payment. Codes "
                     "are still held.");
    case OrderStatus::paid:
    case OrderStatus::delivering:
      return waiting(order, "stock", "system", order.expires_at_ms + config.stock_wait_ms,
                     "Paid, but not enough codes are in stock. The engine looks again every "
                     "minute, then refunds.");
    case OrderStatus::delivered:
      return explain_ended(facts, "The codes are delivered; code.reveal shows them.");
    case OrderStatus::expired:
      return explain_ended(facts, "Not paid in time; its codes are for sale again.");
    case OrderStatus::cancelled:
      return explain_ended(facts, "Cancelled; its codes are for sale again.");
  }
  return waiting(order, "nothing", "nobody", std::nullopt, "");
}

}  // namespace kameng::order
