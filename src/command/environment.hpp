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
};

// What a reading operation gets.
struct Query {
  const Call& call;
  sql::Transaction& tx;

  [[nodiscard]] const Actor& actor() const { return call.actor; }
  [[nodiscard]] const keys::KeyRing& keys() const { return call.environment.keys; }
};

}  // namespace kameng::command
