// environment.hpp - what every command stands on; made once by the engine.
#pragma once

#include <kameng/context.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "command/actor.hpp"
#include "command/due_hint.hpp"
#include "command/refusals.hpp"
#include "keys/key_ring.hpp"
#include "sql/database.hpp"

namespace kameng::command {

struct Environment {
  sql::Database& database;
  const keys::KeyRing& keys;
  Clock& clock;
  Random& random;
  Log log;
  RefusalCounter& refusals;
  DueHint& due;
};

// One call that has passed dispatch: the caller is known and may do this.
struct Call {
  Environment& environment;
  const Actor& actor;
  const Context& context;
  TimeMs now_ms;  // business time, sampled once
  Deadline deadline;
  bool joined = false;  // inside a transaction that the host has open
};

// FAILED_PRECONDITION storage.joined_transaction: what this call would give out cannot be taken
// back when the host rolls back.
[[nodiscard]] inline Error refuse_joined() {
  return {Status::failed_precondition, "storage.joined_transaction",
          "This hands out a secret or a call to send, or acts outside the transaction. Do it after "
          "your transaction is committed."};
}

// What a reading operation gets.
struct Query {
  const Call& call;
  sql::Transaction& tx;

  [[nodiscard]] const Actor& actor() const { return call.actor; }
  [[nodiscard]] const keys::KeyRing& keys() const { return call.environment.keys; }
};

}  // namespace kameng::command
