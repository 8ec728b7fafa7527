// outgoing_calls.hpp - the decision about the answer to a call: a payment that was to be closed, a
// refund that was sent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "command/decision.hpp"
#include "order/effects.hpp"
#include "order/receive_money.hpp"
#include "payment/calls.hpp"

namespace kameng::order {

struct CallFacts {
  std::optional<payment::Call> call = {};
  std::optional<MoneyFacts> money = {};  // when the answer says the trade has been paid
  std::optional<Order> order = {};
  std::vector<payment::Payment> payments = {};
  std::vector<payment::Refund> refunds = {};
  std::vector<vault::HeldCode> held = {};
};

struct RefundChange {
  payment::Refund after;
  payment::AttemptState before;
};

struct CallPlan : Effects {
  std::string outcome = "done";
  bool repeat = false;  // ask once more by the schedule
  std::string repeat_reason;
  std::optional<RefundChange> refund;
};

// Pure. Reason: call.not_found.
[[nodiscard]] command::Decision<CallPlan> decide(const CallFacts& facts,
                                                 const payment::Outcome& outcome, TimeMs now_ms,
                                                 IdPool& ids);

}  // namespace kameng::order
