// outbox.cpp - the rows of calls to the outside.
#include "queue/outbox.hpp"

#include "queue/outbox_sql.hpp"

namespace kameng::queue {
namespace {

std::optional<std::string_view> reason_or_null(std::string_view reason) {
  return reason.empty() ? std::nullopt : std::optional<std::string_view>(reason);
}

CallState parse_state(std::string_view name) {
  for (const CallState state : {CallState::waiting, CallState::leased, CallState::done}) {
    if (name == call_state_name(state)) {
      return state;
    }
  }
  return CallState::dead;
}

StoredCall read_call(const sql::Rows& row) {
  StoredCall stored;
  stored.call = {row.id<CallId>(0), row.text(1), row.text(2), row.text(3), row.blob(4)};
  stored.state = parse_state(row.text_view(5));
  stored.attempt = static_cast<int>(row.int64(6));
  stored.due_at_ms = row.maybe_int64(7);
  stored.created_at_ms = row.int64(8);
  stored.last_reason = row.maybe_text(9);
  return stored;
}

void insert(sql::Transaction& tx, const OutboxCall& call, CallState state, TimeMs now_ms,
            TimeMs due_at_ms) {
  const int attempt = state == CallState::leased ? 1 : 0;
  tx.run(outbox_insert, call.id, call.kind, call.subject, call.provider, call.request,
         call_state_name(state), attempt, due_at_ms, now_ms);
}

}  // namespace

std::string_view call_state_name(CallState state) noexcept {
  switch (state) {
    case CallState::waiting:
      return "waiting";
    case CallState::leased:
      return "leased";
    case CallState::done:
      return "done";
    case CallState::dead:
      break;
  }
  return "dead";
}

void enqueue(sql::Transaction& tx, const OutboxCall& call, TimeMs now_ms, TimeMs due_at_ms) {
  insert(tx, call, CallState::waiting, now_ms, due_at_ms);
}

void enqueue_leased(sql::Transaction& tx, const OutboxCall& call, TimeMs now_ms,
                    TimeMs lease_until_ms) {
  insert(tx, call, CallState::leased, now_ms, lease_until_ms);
}

std::optional<StoredCall> find(sql::Transaction& tx, const CallId& id) {
  sql::Rows rows = tx.query(outbox_find, id);
  return rows.next() ? std::optional<StoredCall>(read_call(rows)) : std::nullopt;
}

std::vector<StoredCall> lease(sql::Transaction& tx, TimeMs now_ms, int limit,
                              std::int64_t lease_ms) {
  std::vector<StoredCall> calls;
  {
    sql::Rows rows = tx.query(outbox_due, now_ms, limit);
    while (rows.next()) {
      calls.push_back(read_call(rows));
    }
  }
  for (StoredCall& stored : calls) {
    const TimeMs until_ms = now_ms + lease_ms;
    tx.run_exactly(1, outbox_lease, until_ms, stored.call.id, stored.due_at_ms);
    stored.attempt += stored.state == CallState::waiting ? 1 : 0;
    stored.state = CallState::leased;
    stored.due_at_ms = until_ms;
  }
  return calls;
}

std::vector<StoredCall> unanswered(sql::Transaction& tx, std::string_view subject) {
  std::vector<StoredCall> calls;
  sql::Rows rows = tx.query(outbox_unanswered, subject);
  while (rows.next()) {
    calls.push_back(read_call(rows));
  }
  return calls;
}

bool finish(sql::Transaction& tx, const CallId& id, CallState done_or_dead,
            std::string_view reason) {
  return tx.run_count(outbox_finish, call_state_name(done_or_dead), reason_or_null(reason), id) ==
         1;
}

bool retry_at(sql::Transaction& tx, const CallId& id, TimeMs due_at_ms, std::string_view reason) {
  return tx.run_count(outbox_retry, due_at_ms, reason_or_null(reason), id) == 1;
}

void empty(sql::Transaction& tx, const CallId& id) {
  tx.run_exactly(1, outbox_empty, Bytes(), id);
}

std::optional<TimeMs> next_call_at(sql::Transaction& tx) {
  sql::Rows rows = tx.query(outbox_next);
  return rows.next() ? rows.maybe_int64(0) : std::nullopt;
}

}  // namespace kameng::queue
