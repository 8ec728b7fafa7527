// outbox.hpp - every call to the outside is a row, inserted by the transaction that decided it. A
// host leases rows, executes them and brings the answers back; being executed twice is harmless.
//
// Not here: what a request says (it is opaque, and sealed by its maker when it holds personal
// data), and what an answer means (payment).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "sql/transaction.hpp"

namespace kameng::queue {

enum class CallState : std::uint8_t { waiting, leased, done, dead };
[[nodiscard]] std::string_view call_state_name(CallState state) noexcept;

struct OutboxCall {
  CallId id;
  std::string kind;      // "payment.close"
  std::string subject;   // the printed id it is about
  std::string provider;  // "sandbox"
  Bytes request;
};

struct StoredCall {
  OutboxCall call;
  CallState state = CallState::waiting;
  int attempt = 0;                  // from 1 when it is first handed out; one more per retry_at()
  std::optional<TimeMs> due_at_ms;  // its time or its lease's end; nothing when finished
  TimeMs created_at_ms = 0;
  std::optional<std::string> last_reason;
};

// The call waits for lease() from `due_at_ms` on.
void enqueue(sql::Transaction& tx, const OutboxCall& call, TimeMs now_ms, TimeMs due_at_ms);
// The call is handed to the caller with the answer of this transaction; lease() offers it again
// when the lease ends.
void enqueue_leased(sql::Transaction& tx, const OutboxCall& call, TimeMs now_ms,
                    TimeMs lease_until_ms);

[[nodiscard]] std::optional<StoredCall> find(sql::Transaction& tx, const CallId& id);

// Up to `limit` calls that are due, handed out until now + lease_ms. A call whose lease ran out is
// handed out again as the same attempt: the first holder may still bring its answer.
[[nodiscard]] std::vector<StoredCall> lease(sql::Transaction& tx, TimeMs now_ms, int limit,
                                            std::int64_t lease_ms);

// Calls about this subject whose answer has not been taken, dead ones too.
[[nodiscard]] std::vector<StoredCall> unanswered(sql::Transaction& tx, std::string_view subject);

// Both return false, and change nothing, when the call is unknown or done. A dead call is never
// offered again, but can be finished: somebody may still bring its answer. Of an error the reason
// is stored and nothing else: messages may name people.
bool finish(sql::Transaction& tx, const CallId& id, CallState done_or_dead,
            std::string_view reason = {});
bool retry_at(sql::Transaction& tx, const CallId& id, TimeMs due_at_ms, std::string_view reason);

// Nothing of the request is kept; of a call that is done.
void empty(sql::Transaction& tx, const CallId& id);

// When the next call is due; nothing when none is open.
[[nodiscard]] std::optional<TimeMs> next_call_at(sql::Transaction& tx);

}  // namespace kameng::queue
