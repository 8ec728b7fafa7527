// replay.cpp - see replay.hpp.
#include "replay.hpp"

#include <algorithm>
#include <cstdio>

#include "shop.hpp"

namespace kameng::bench {
namespace {

// The engine's own numbers (src/sql/sqlite).
constexpr std::int64_t checkpoint_bytes = 64 * 1024 * 1024;
constexpr std::int64_t checkpoint_again_bytes = 8 * 1024 * 1024;
constexpr std::int64_t frame_bytes = 4096 + 24;

void expect(sqlite3* database, int code, int wanted, const char* what) {
  if (code != wanted) {
    fail(what, sqlite3_errmsg(database));
  }
}

sqlite3_stmt* prepare(sqlite3* database, const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database, text.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  expect(database, code, SQLITE_OK, text.c_str());
  return statement;
}

void step_to_end(sqlite3* database, sqlite3_stmt* statement) {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) {
    code = sqlite3_step(statement);
  }
  expect(database, code, SQLITE_DONE, sqlite3_sql(statement));
  sqlite3_reset(statement);
}

void run_once(sqlite3* database, const std::string& text) {
  sqlite3_stmt* statement = prepare(database, text);
  step_to_end(database, statement);
  sqlite3_finalize(statement);
}

}  // namespace

Replay::Replay(const Recording& recording, const std::string& path)
    : recording_(recording), in_memory_(path == ":memory:"), next_checkpoint_(checkpoint_bytes) {
  open(writer_, path, false);
  if (!in_memory_) {
    open(reader_, path, true);
    sqlite3_wal_hook(writer_.database, on_commit, this);
  }
}

Replay::~Replay() {
  for (Connection* connection : {&writer_, &reader_}) {
    for (sqlite3_stmt* statement : connection->prepared) {
      sqlite3_finalize(statement);
    }
    sqlite3_finalize(connection->begin);
    sqlite3_finalize(connection->end);
    sqlite3_close(connection->database);
  }
}

void Replay::open(Connection& connection, const std::string& path, bool reads) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    (in_memory_ ? SQLITE_OPEN_MEMORY : 0);
  if (sqlite3_open_v2(path.c_str(), &connection.database, flags, nullptr) != SQLITE_OK) {
    fail(path, "cannot be opened");
  }
  sqlite3* database = connection.database;
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  run_once(database, "PRAGMA synchronous=FULL");
  run_once(database, "PRAGMA temp_store=MEMORY");
  run_once(database, "PRAGMA mmap_size=0");
  run_once(database, "PRAGMA secure_delete=ON");
  run_once(database, reads ? "PRAGMA cache_size=-8192" : "PRAGMA cache_size=-12288");
  run_once(database, "PRAGMA wal_autocheckpoint=0");
  run_once(database, "PRAGMA journal_size_limit=67108864");
  if (!in_memory_) {
    run_once(database, "PRAGMA journal_mode=WAL");
  }
  connection.begin = prepare(database, reads || in_memory_ ? "BEGIN" : "BEGIN IMMEDIATE");
  connection.end = prepare(database, reads ? "ROLLBACK" : "COMMIT");
  connection.prepared.resize(recording_.texts().size());
}

Replayed Replay::run(int round) {
  Replayed replayed;
  for (const Section& section : recording_.sections()) {
    if (section.round == round) {
      run_section(section, replayed);
    }
  }
  return replayed;
}

std::int64_t Replay::delivered() {
  sqlite3_stmt* statement =
      prepare(writer_.database, "SELECT count(*) FROM kameng_order WHERE status = 4");
  expect(writer_.database, sqlite3_step(statement), SQLITE_ROW, "delivered");
  const std::int64_t count = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return count;
}

void Replay::run_section(const Section& section, Replayed& replayed) {
  const std::int64_t written_before = wal_written_;
  const Spent spent = measure([&] {
    for (const Group& group : section.groups) {
      run_group(group);
    }
  });
  if (!section.is_timed) {
    return;
  }
  replayed.spent += spent;
  replayed.wal_bytes += wal_written_ - written_before;
  for (const Group& group : section.groups) {
    replayed.statements += static_cast<std::int64_t>(group.steps.size());
    replayed.commits += group.writes ? 1 : 0;  // in memory nothing is flushed, so none counts
  }
}

void Replay::count(const std::string& text, const std::function<void()>& run) {
  const Spent spent = measure(run);
  auto& [times, seconds] = costs_[text];
  ++times;
  seconds += spent.wall_s;
}

void Replay::profile(int round, int trades) {
  profiles_ = true;
  for (const Section& section : recording_.sections()) {
    Replayed ignored;
    profiles_ = section.is_timed;
    if (section.round == round) {
      run_section(section, ignored);
    }
  }
  profiles_ = false;
  std::vector<std::pair<double, std::string>> lines;
  for (const auto& [text, cost] : costs_) {
    char numbers[48];
    std::snprintf(numbers, sizeof numbers, "%8.2f us %6.3f times  ", cost.second * 1e6 / trades,
                  static_cast<double>(cost.first) / trades);
    lines.emplace_back(-cost.second, numbers + text.substr(0, 120));
  }
  std::sort(lines.begin(), lines.end());
  std::printf("each statement, per trade:\n");
  for (const auto& [cost, line] : lines) {
    std::printf("%s\n", line.c_str());
  }
}

void Replay::run_group(const Group& group) {
  Connection& connection = group.writes || in_memory_ ? writer_ : reader_;
  step_to_end(connection.database, connection.begin);
  for (const Step& step : group.steps) {
    if (profiles_) {
      count(recording_.texts()[step.text], [&] { run_step(connection, step); });
    } else {
      run_step(connection, step);
    }
  }
  if (profiles_) {
    count(sqlite3_sql(connection.end), [&] { step_to_end(connection.database, connection.end); });
  } else {
    step_to_end(connection.database, connection.end);
  }
  if (group.writes && !in_memory_) {
    checkpoint_if_large();
  }
}

void Replay::run_step(Connection& connection, const Step& step) {
  sqlite3_stmt*& statement = connection.prepared[step.text];
  if (statement == nullptr) {
    statement = prepare(connection.database, recording_.texts()[step.text]);
  }
  bind(statement, step);
  step_to_end(connection.database, statement);
}

void Replay::bind(sqlite3_stmt* statement, const Step& step) const {
  for (std::uint32_t i = 0; i < step.count; ++i) {
    const Recorded& value = recording_.value(step.first + i);
    const int index = static_cast<int>(i) + 1;
    const int size = static_cast<int>(value.size);
    switch (value.kind) {
      case Recorded::Kind::null:
        sqlite3_bind_null(statement, index);
        break;
      case Recorded::Kind::integer:
        sqlite3_bind_int64(statement, index, value.number);
        break;
      case Recorded::Kind::text:
        sqlite3_bind_text(statement, index, recording_.bytes(value), size, SQLITE_STATIC);
        break;
      case Recorded::Kind::blob:
        sqlite3_bind_blob(statement, index, recording_.bytes(value), size, SQLITE_STATIC);
        break;
    }
  }
}

void Replay::checkpoint_if_large() {
  if (wal_now_ < checkpoint_bytes) {
    next_checkpoint_ = checkpoint_bytes;
  }
  if (wal_now_ >= next_checkpoint_) {
    sqlite3_wal_checkpoint_v2(writer_.database, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              nullptr);
    next_checkpoint_ = wal_now_ + checkpoint_again_bytes;
  }
}

int Replay::on_commit(void* self, sqlite3* /*database*/, const char* /*schema*/, int pages) {
  auto* replay = static_cast<Replay*>(self);
  const std::int64_t now = pages * frame_bytes;
  // A log that is shorter than before has started over.
  replay->wal_written_ += now >= replay->wal_now_ ? now - replay->wal_now_ : now;
  replay->wal_now_ = now;
  return SQLITE_OK;
}

}  // namespace kameng::bench
