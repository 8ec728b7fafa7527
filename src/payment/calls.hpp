// calls.hpp - outgoing calls to providers: rows of the outbox, built into requests when they are
// leased.
//
// A row keeps what is to be done, not bytes: the request is built from the payment or refund as it
// then stands, always with the same trade number, so sending it twice is harmless.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/id.hpp>

#include "base/clock.hpp"
#include "payment/payment_store.hpp"
#include "payment/provider.hpp"
#include "queue/outbox.hpp"
#include "sql/transaction.hpp"

namespace kameng::payment {

struct CallStart {
  CallId id;
  Action action = Action::query;
  std::string provider;
  PaymentId payment_id;
  std::optional<RefundId> refund_id = {};
};

// A call as it waits or is leased, with what it is about.
struct Call {
  CallId id;
  Action action = Action::query;
  std::string provider;
  int attempt = 0;
  bool open = false;  // its answer has not been taken; one that was given up can still get it
  Payment payment;
  std::optional<Refund> refund = {};
  Trade trade;
};

void enqueue(sql::Transaction& tx, const CallStart& call, TimeMs now_ms);
[[nodiscard]] std::optional<Call> read_call(sql::Transaction& tx, const CallId& id);
// A row of the outbox as a call; nothing for one that is about no payment.
[[nodiscard]] std::optional<Call> to_call(sql::Transaction& tx, const queue::StoredCall& stored);
// A call whose answer is missing.
struct Question {
  bool given_up = false;
  std::optional<TimeMs> asked_at_ms = {};  // when it is put again
};
// About a payment or a refund, by its printed id.
[[nodiscard]] std::vector<Question> questions_about(sql::Transaction& tx, std::string_view subject);
// Its answer has been taken.
void finish_call(sql::Transaction& tx, const CallId& id);
// Sent once more by the schedule of provider questions; false when the schedule is used up and the
// call is dead.
[[nodiscard]] bool repeat_call(sql::Transaction& tx, const Call& call, std::string_view reason,
                               TimeMs now_ms);

}  // namespace kameng::payment
