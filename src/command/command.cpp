#include "command/command.hpp"

#include <utility>

#include "audit/log.hpp"
#include "command/idempotency_sql.hpp"
#include "json/error_document.hpp"

namespace kameng::command {
namespace {

constexpr std::int64_t slice_lease_ms = 60'000;
constexpr std::int64_t key_kept_ms = std::int64_t{7} * 24 * 3600 * 1000;

Error mismatch() {
  return {Status::failed_precondition, "idempotency.mismatch",
          "This idempotency_key was used for another request. Use a new key for a new request."};
}

Error in_progress() {
  return Error{Status::aborted, "idempotency.in_progress",
               "A call with this idempotency_key is still running. Repeat it with the same key."}
      .with(Retry::same);
}

// Keys that a caller brought, hashed so that they need no more room than our own; the first bit
// tells the two apart.
std::array<std::uint8_t, 16> hashed_key(const keys::KeyRing& ring, std::string_view scope,
                                        std::string_view operation, ByteView key) {
  const auto digest = ring.digest({as_bytes(scope), as_bytes(operation), key});
  std::array<std::uint8_t, 16> out{};
  std::copy_n(digest.begin(), out.size(), out.begin());
  out[0] |= 0x80U;
  return out;
}

}  // namespace

Command::Command(const Call& call, std::string_view operation, AnswerCodec codec,
                 const std::function<std::string()>& request_text)
    : call_(call), operation_(operation), codec_(codec) {
  if (const auto& key = call.context.idempotency_key) {
    key_ = hashed_key(keys(), call.actor.label(), operation, as_bytes(*key));
    const auto digest = keys().digest({as_bytes(operation), as_bytes(request_text())});
    digest_.assign(digest.begin(), digest.end());
  }
}

Command::Command(const Call& call, std::string_view operation)
    : call_(call), operation_(operation), keyed_(false) {}

void Command::make_key() {
  if (keyed_ && digest_.empty() && !has_made_key_) {
    has_made_key_ = true;
    key_ = make_id_bytes(call_.now_ms, random().draw<10>());
    key_[0] &= 0x7FU;
  }
}

Result<void> Command::run(const sql::Work& work) {
  make_key();
  return call_.environment.database.write(call_.deadline, work);
}

Result<void> Command::run_alone(const sql::Work& work) {
  make_key();
  KAMENG_CHECK(call_.environment.database.write_alone(call_.deadline, work));
  // Bulk work keeps the log short by itself, beside the writer: one that grows until the writer has
  // to checkpoint it makes every trade wait. Failing is no harm: the slice is committed.
  static_cast<void>(call_.environment.database.maintain(call_.deadline));
  return {};
}

Command::Stored Command::claim(sql::Transaction& tx) {
  // A key made here cannot be in the table before its first run, so it goes in with the answer. It
  // may be there after a commit whose outcome was lost, and then this closure runs a second time.
  const bool first_run = std::exchange(claimed_before_, true) == false;
  if (!keyed_ || (digest_.empty() && first_run)) {
    return {};
  }
  return find(tx);
}

Command::Stored Command::find(sql::Transaction& tx) {
  Stored stored;
  exists_ = false;
  const std::optional<Bytes> digest = digest_.empty() ? std::nullopt : std::optional(digest_);
  if (!tx.is_only_writer()) {
    // Before anything is read: a lost transaction may still be running on the server, and this is
    // what waits for it, or collides with it. A plain read would decide without it.
    tx.run(claim_key, key_, digest, call_.now_ms);
  }
  auto rows = tx.query(find_key, key_);
  if (!rows.next()) {
    return stored;
  }
  exists_ = true;
  if (!digest_.empty() && rows.blob(0) != digest_) {
    stored.refusal = mismatch();
    return stored;
  }
  switch (static_cast<KeyState>(rows.int64(1))) {
    case KeyState::answered:
      stored.answer = rows.text(4);
      break;
    case KeyState::refused:
      stored.refusal = json::read_error(rows.text_view(4));
      break;
    case KeyState::running:
      if (rows.blob(2) != lease_ && rows.int64(3) > call_.now_ms) {
        stored.refusal = in_progress();
      } else {
        stored.progress = rows.text(4);
      }
      break;
  }
  return stored;
}

Command::Stored Command::claim_slice(sql::Transaction& tx) {
  if (lease_.empty()) {
    const auto drawn = random().draw<8>();
    lease_.assign(drawn.begin(), drawn.end());
  }
  return keyed_ ? find(tx) : Stored{{}, {}, progress_};
}

void Command::store(sql::Transaction& tx, int state, std::string_view answer) {
  if (!keyed_) {
    return;
  }
  const bool running = static_cast<KeyState>(state) == KeyState::running;
  const std::optional<std::int64_t> lease_until =
      running ? std::optional(call_.now_ms + slice_lease_ms) : std::nullopt;
  const std::optional<Bytes> lease = running ? std::optional(lease_) : std::nullopt;
  if (exists_) {
    tx.run_exactly(1, update_key, state, lease, lease_until, answer, key_);
    return;
  }
  const std::optional<Bytes> digest = digest_.empty() ? std::nullopt : std::optional(digest_);
  tx.run(insert_key, key_, digest, state, lease, lease_until, answer, call_.now_ms);
}

void Command::store_answer(sql::Transaction& tx, std::string_view answer) {
  store(tx, static_cast<int>(KeyState::answered), answer);
}

void Command::store_refusal(sql::Transaction& tx, const Error& error) {
  // A failed authentication may succeed next time, with the same words.
  if (keyed_ && error.status != Status::unauthenticated) {
    store(tx, static_cast<int>(KeyState::refused), json::error_document(error, {}));
  } else if (exists_ && !tx.is_only_writer()) {
    tx.run(unclaim_key, key_);
  }
}

void Command::store_progress(sql::Transaction& tx, std::string_view progress) {
  progress_ = progress;
  store(tx, static_cast<int>(KeyState::running), progress);
}

void Command::record(sql::Transaction& tx, const std::vector<audit::Entry>& entries) {
  if (!entries.empty()) {
    audit::append(tx, entries, call_.actor.label(), call_.now_ms);
  }
}

std::int64_t prune_keys(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max) {
  const TimeMs before = now_ms - key_kept_ms;
  const IdBytes made_before = make_id_bytes(before, std::array<std::uint8_t, 10>{});
  return tx.run_count(prune_brought_keys, before, rows_max) +
         tx.run_count(prune_made_keys, made_before, rows_max);
}

}  // namespace kameng::command
