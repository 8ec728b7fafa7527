// command.hpp - what every write shares: the idempotency key, the phase, the audit entries, the
// stored answer.
//
// A handler does its slow work first (hashing, signatures, sealing, parsing, drawing ids), then
// runs one phase:
//
//   return command.phase<Placed>([&](sql::Transaction& tx) {
//     const PlaceFacts facts = read_facts(tx, request);  // nothing is written here
//     return command.settle<Placed>(tx, decide(facts, request), [&](const PlacePlan& plan) {
//       return apply(tx, plan);  // one list of statements
//     });
//   });
//
// The closure may run several times and on another caller's thread. Its answer is stored under the
// key; a repetition returns the stored answer without running it. Nothing technical is stored, and
// no failed authentication.
//
// On servers, where calls with one key run at the same time, the key is claimed before anything is
// read, and the second call waits for the first one's transaction.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "command/decision.hpp"
#include "command/environment.hpp"

namespace kameng::command {

// How an operation's answer is written and read back; given by the operation registry. Secret
// fields are left out.
struct AnswerCodec {
  std::string (*encode)(const void* answer) = nullptr;
  Result<void> (*decode)(std::string_view text, void* answer) = nullptr;
};

class Command {
 public:
  // `request_text` gives the canonical encoding of the request; asked for only when the caller
  // brought a key.
  Command(const Call& call, std::string_view operation, AnswerCodec codec,
          const std::function<std::string()>& request_text);
  // Work without a caller's answer (due work): no key row.
  Command(const Call& call, std::string_view operation);
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  [[nodiscard]] const Actor& actor() const { return call_.actor; }
  [[nodiscard]] const Context& context() const { return call_.context; }
  [[nodiscard]] TimeMs now_ms() const { return call_.now_ms; }
  [[nodiscard]] const Deadline& deadline() const { return call_.deadline; }
  [[nodiscard]] Environment& environment() const { return call_.environment; }
  [[nodiscard]] const keys::KeyRing& keys() const { return call_.environment.keys; }
  [[nodiscard]] Random& random() const { return call_.environment.random; }
  [[nodiscard]] const Call& call() const { return call_; }

  // Draw ids before the phase, so that a second run uses the same ones.
  template <class IdType>
  [[nodiscard]] IdType new_id() const {
    return IdType{make_id_bytes(call_.now_ms, random().draw<10>())};
  }

  // The operation is harmless when repeated and each answer stands for itself (a reveal with its
  // audit entry, a lease), or it keeps what it must not do twice itself (a notice): no key row,
  // nothing is stored or replayed.
  void repeatable() { keyed_ = false; }

  // Inside a phase: because of it, work is due at that time. The engine's hint hears of it once the
  // phase is committed.
  void expect_due(std::optional<TimeMs> due_ms) {
    due_ms_ = std::min(due_ms_, due_ms.value_or(DueHint::never));
  }

  // Runs the phase. `Answer` is the operation's answer type. Body:
  // Result<Answer>(sql::Transaction&), ending in settle().
  template <class Answer, class Body>
  [[nodiscard]] Result<Answer> phase(Body&& body) {
    std::optional<Result<Answer>> outcome;
    KAMENG_CHECK(run([&](sql::Transaction& tx) -> Result<void> {
      outcome.reset();
      due_ms_ = DueHint::never;
      Stored stored = claim(tx);
      if (stored.refusal) {
        outcome.emplace(std::move(*stored.refusal));
        return {};
      }
      if (stored.answer) {
        outcome.emplace(replay<Answer>(*stored.answer));
        return {};
      }
      settled_ = false;
      outcome.emplace(body(tx));
      if (!settled_ && !outcome->ok()) {
        return outcome->error();  // technical: nothing is stored
      }
      if (outcome->ok()) {
        store_answer(tx, keyed_ ? codec_.encode(&outcome->value()) : std::string());
      } else {
        store_refusal(tx, outcome->error());
      }
      return {};
    }));
    call_.environment.due.at(due_ms_);
    return std::move(*outcome);
  }

  // Bulk work: the body runs in slices of its own transactions until it returns an answer.
  // `progress` is kept with the key, so that a repetition after a crash goes on where the last
  // committed slice ended. While slices run, another call with the key gets ABORTED
  // `idempotency.in_progress`.
  template <class Answer, class Body>  // Body: Result<std::optional<Answer>>(sql::Transaction&,
                                       // std::string& progress)
  [[nodiscard]] Result<Answer> slices(Body&& body) {
    for (;;) {
      std::optional<Result<Answer>> outcome;
      KAMENG_CHECK(run_alone([&](sql::Transaction& tx) -> Result<void> {
        outcome.reset();
        Stored stored = claim_slice(tx);
        if (stored.refusal) {
          outcome.emplace(std::move(*stored.refusal));
          return {};
        }
        if (stored.answer) {
          outcome.emplace(replay<Answer>(*stored.answer));
          return {};
        }
        settled_ = false;
        std::string progress = std::move(stored.progress);
        Result<std::optional<Answer>> slice = body(tx, progress);
        if (!slice.ok()) {
          if (!settled_) {
            return std::move(slice).error();
          }
          store_refusal(tx, slice.error());
          outcome.emplace(std::move(slice).error());
        } else if (*slice) {
          store_answer(tx, keyed_ ? codec_.encode(&**slice) : std::string());
          outcome.emplace(std::move(**slice));
        } else {
          store_progress(tx, progress);
        }
        return {};
      }));
      if (outcome) {
        return std::move(*outcome);
      }
    }
  }

  // Applies what was decided. On acceptance: apply(plan) -> Answer, and the plan's entries are
  // recorded. On refusal with a plan: its entries are recorded. Nothing has been written before
  // this.
  template <class Answer, class Plan, class Apply>
  [[nodiscard]] Result<Answer> settle(sql::Transaction& tx, Decision<Plan> decision,
                                      Apply&& apply) {
    settled_ = true;
    if (decision.refusal) {
      if (decision.plan) {
        record(tx, decision.plan->entries);
      }
      return std::move(*decision.refusal);
    }
    Answer answer = apply(*decision.plan);
    record(tx, decision.plan->entries);
    return answer;
  }

  // The same for a refusal that leaves more than entries behind (a try that is counted):
  // leave(plan) writes it.
  template <class Answer, class Plan, class Apply, class Leave>
  [[nodiscard]] Result<Answer> settle(sql::Transaction& tx, Decision<Plan> decision, Apply&& apply,
                                      Leave&& leave) {
    if (decision.refusal && decision.plan) {
      leave(*decision.plan);
    }
    return settle<Answer>(tx, std::move(decision), std::forward<Apply>(apply));
  }

  // Appends entries to the audit log within the phase.
  void record(sql::Transaction& tx, const std::vector<audit::Entry>& entries);

 private:
  struct Stored {
    std::optional<Error> refusal;
    std::optional<std::string> answer;
    std::string progress;
  };

  void make_key();  // unless the caller brought one, or none is kept
  [[nodiscard]] Result<void> run(const sql::Work& work);
  [[nodiscard]] Result<void> run_alone(const sql::Work& work);
  [[nodiscard]] Stored claim(sql::Transaction& tx);
  [[nodiscard]] Stored claim_slice(sql::Transaction& tx);
  [[nodiscard]] Stored find(sql::Transaction& tx);
  void store(sql::Transaction& tx, int state, std::string_view answer);
  void store_answer(sql::Transaction& tx, std::string_view answer);
  void store_refusal(sql::Transaction& tx, const Error& error);
  void store_progress(sql::Transaction& tx, std::string_view progress);

  template <class Answer>
  [[nodiscard]] Result<Answer> replay(std::string_view text) {
    Answer answer{};
    KAMENG_CHECK(codec_.decode(text, &answer));
    return answer;
  }

  Call call_;
  std::string operation_;
  AnswerCodec codec_;
  std::array<std::uint8_t, 16> key_{};
  Bytes digest_;          // empty for a key that was made here
  bool keyed_ = true;     // false: due work, and what is repeatable
  Bytes lease_;           // of running slices
  std::string progress_;  // of slices without a key
  bool has_made_key_ = false;
  bool settled_ = false;
  TimeMs due_ms_ = DueHint::never;  // what expect_due() was told in this run
  bool claimed_before_ = false;
  bool exists_ = false;  // the key row, as the last claim saw it
};

// Deletes keys older than 7 days, at most `rows_max` of each kind; returns how many.
std::int64_t prune_keys(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max);

}  // namespace kameng::command
