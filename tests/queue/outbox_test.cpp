#include "queue/outbox.hpp"

#include <string>

#include <doctest/doctest.h>

#include "queue/queue_schema.hpp"
#include "support/raw_database.hpp"

namespace kameng::queue {
namespace {

using sql::Transaction;
using tests::RawDatabase;

OutboxCall call_number(std::uint8_t n) {
  OutboxCall call;
  call.id.bytes[15] = n;
  call.kind = "payment.close";
  call.subject = "pay_" + std::to_string(n);
  call.provider = "sandbox";
  call.request = {n, 0, 255};
  return call;
}

std::vector<int> numbers(const std::vector<StoredCall>& calls) {
  std::vector<int> found;
  for (const StoredCall& stored : calls) {
    found.push_back(stored.call.id.bytes[15]);
  }
  return found;
}

using Numbers = std::vector<int>;

TEST_SUITE("queue") {
  // Goal: a call comes out as it went in.
  // Method: one waiting and one born leased, found by id; and an id that nobody has.
  TEST_CASE("a call is stored whole") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      enqueue(tx, call_number(1), 1000, 1500);
      enqueue_leased(tx, call_number(2), 1000, 31000);
      const auto waiting = find(tx, call_number(1).id);
      REQUIRE(waiting.has_value());
      CHECK(waiting->call.kind == "payment.close");
      CHECK(waiting->call.subject == "pay_1");
      CHECK(waiting->call.provider == "sandbox");
      CHECK(waiting->call.request == Bytes{1, 0, 255});
      CHECK(waiting->state == CallState::waiting);
      CHECK(waiting->attempt == 0);
      CHECK(waiting->due_at_ms == 1500);
      CHECK(waiting->created_at_ms == 1000);
      CHECK_FALSE(waiting->last_reason.has_value());
      const auto leased = find(tx, call_number(2).id);
      REQUIRE(leased.has_value());
      CHECK(leased->state == CallState::leased);
      CHECK(leased->attempt == 1);
      CHECK(leased->due_at_ms == 31000);
      CHECK_FALSE(find(tx, call_number(3).id).has_value());
      return true;
    });
  }

  // Goal: a call is handed to one caller at a time, oldest first, and comes back when nobody
  // answers. Method: three calls at three times, leased in two portions; then the end of the
  // leases.
  TEST_CASE("leases hand out due calls once, and again when they run out") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      enqueue(tx, call_number(1), 0, 300);
      enqueue(tx, call_number(2), 0, 100);
      enqueue(tx, call_number(3), 0, 200);
      CHECK(next_call_at(tx) == 100);
      CHECK(numbers(lease(tx, 99, 10, 1000)) == Numbers{});
      CHECK(numbers(lease(tx, 300, 2, 1000)) == Numbers{2, 3});
      CHECK(numbers(lease(tx, 300, 10, 2000)) == Numbers{1});
      CHECK(numbers(lease(tx, 1299, 10, 1000)) == Numbers{});
      CHECK(next_call_at(tx) == 1300);
      const auto again = lease(tx, 1300, 10, 1000);
      CHECK(numbers(again) == Numbers{2, 3});
      CHECK(again[0].attempt == 1);  // the same: the first holder may still answer
      CHECK(again[0].state == CallState::leased);
      CHECK(again[0].due_at_ms == 2300);
      CHECK(find(tx, call_number(2).id)->attempt == 1);
      return true;
    });
  }

  // Goal: an answer that comes twice, or for a call that is over, changes nothing.
  // Method: finish, retry and finish again, in both final states.
  TEST_CASE("a finished call stays finished") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      enqueue(tx, call_number(1), 0, 0);
      enqueue(tx, call_number(2), 0, 0);
      CHECK(lease(tx, 0, 10, 1000).size() == 2);
      CHECK(finish(tx, call_number(1).id, CallState::done));
      CHECK(finish(tx, call_number(2).id, CallState::dead, "provider.unreachable"));
      CHECK_FALSE(finish(tx, call_number(1).id, CallState::dead, "late"));
      CHECK_FALSE(retry_at(tx, call_number(2).id, 5, "late"));
      CHECK_FALSE(finish(tx, call_number(9).id, CallState::done));
      CHECK(find(tx, call_number(1).id)->state == CallState::done);
      CHECK_FALSE(find(tx, call_number(1).id)->last_reason.has_value());
      CHECK(find(tx, call_number(2).id)->state == CallState::dead);
      CHECK(find(tx, call_number(2).id)->last_reason == "provider.unreachable");
      CHECK_FALSE(find(tx, call_number(2).id)->due_at_ms.has_value());
      CHECK(numbers(lease(tx, 1000000, 10, 1000)) == Numbers{});
      CHECK_FALSE(next_call_at(tx).has_value());
      return true;
    });
  }

  // Goal: a call that failed waits for its time and remembers why.
  // Method: retry after a lease.
  TEST_CASE("a failed call waits until its next time") {
    RawDatabase db({queue_schema});
    db.write([](Transaction& tx) {
      enqueue_leased(tx, call_number(1), 0, 1000);
      CHECK(retry_at(tx, call_number(1).id, 5000, "provider.timeout"));
      const auto stored = find(tx, call_number(1).id);
      CHECK(stored->state == CallState::waiting);
      CHECK(stored->last_reason == "provider.timeout");
      CHECK(numbers(lease(tx, 4999, 10, 1000)) == Numbers{});
      CHECK(lease(tx, 5000, 10, 1000).at(0).attempt == 2);
      return true;
    });
    CHECK(db.scans().empty());
  }
}

}  // namespace
}  // namespace kameng::queue
