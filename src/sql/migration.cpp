// migration.cpp - applying what is missing.
#include "sql/migration.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "sql/migration_steps.hpp"

namespace kameng::sql {

const Script table_of_steps{.sqlite =
                                "CREATE TABLE IF NOT EXISTS {p}migration ("
                                " number INTEGER PRIMARY KEY NOT NULL,"
                                " name TEXT NOT NULL,"
                                " checksum TEXT NOT NULL,"
                                " breaking INTEGER NOT NULL CHECK (breaking IN (0, 1)),"
                                " state TEXT NOT NULL CHECK (state IN ('started', 'done')),"
                                " applied_at_ms INTEGER NOT NULL"
                                ") STRICT",
                            .postgres =
                                "CREATE TABLE IF NOT EXISTS {p}migration ("
                                " number BIGINT PRIMARY KEY,"
                                " name TEXT NOT NULL,"
                                " checksum TEXT NOT NULL,"
                                " breaking BIGINT NOT NULL CHECK (breaking IN (0, 1)),"
                                " state TEXT NOT NULL CHECK (state IN ('started', 'done')),"
                                " applied_at_ms BIGINT NOT NULL"
                                ")",
                            .mariadb =
                                "CREATE TABLE IF NOT EXISTS {p}migration ("
                                " number BIGINT PRIMARY KEY NOT NULL,"
                                " name VARCHAR(64) NOT NULL,"
                                " checksum VARCHAR(16) NOT NULL,"
                                " breaking BIGINT NOT NULL CHECK (breaking IN (0, 1)),"
                                " state VARCHAR(16) NOT NULL CHECK (state IN ('started', 'done')),"
                                " applied_at_ms BIGINT NOT NULL,"
                                " lease_until_ms BIGINT NOT NULL"
                                ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation}"};

namespace {

constexpr Statement list_migrations{
    "migration.list", "SELECT number, checksum, breaking, state FROM {p}migration ORDER BY number"};
constexpr Statement start_migration{
    "migration.start",
    "INSERT INTO {p}migration (number, name, checksum, breaking, state, applied_at_ms)"
    " VALUES (?, ?, ?, ?, 'started', ?)"};
constexpr Statement end_migration{"migration.end",
                                  "UPDATE {p}migration SET state = 'done' WHERE number = ?"};

// A step that is applied in pieces is leased, by the server's clock, to the process that is at it.
// They are used on MariaDB alone.
constexpr Statement list_leases{
    "migration.list_leases",
    "SELECT number, checksum, breaking, state,"
    " lease_until_ms > UNIX_TIMESTAMP(NOW(3)) * 1000 FROM {p}migration ORDER BY number",
    Lock::rows};
constexpr Statement start_with_lease{
    "migration.start_with_lease",
    "INSERT INTO {p}migration (number, name, checksum, breaking, state, applied_at_ms,"
    " lease_until_ms) VALUES (?, ?, ?, ?, 'started', ?, UNIX_TIMESTAMP(NOW(3)) * 1000 + ?)"};
constexpr Statement set_lease{"migration.set_lease",
                              "UPDATE {p}migration SET lease_until_ms ="
                              " UNIX_TIMESTAMP(NOW(3)) * 1000 + ? WHERE number = ?"};
constexpr std::int64_t lease_ms = 5'000;
constexpr std::chrono::milliseconds lease_pause{20};

Error refuse(Status status, std::string_view reason, std::string_view message,
             std::int64_t number) {
  Error error;
  error.status = status;
  error.reason = reason;
  error.message = message;
  error.details.emplace_back("migration", std::to_string(number));
  return error;
}

}  // namespace

std::map<std::int64_t, AppliedStep> read_applied(Transaction& transaction) {
  std::map<std::int64_t, AppliedStep> applied;
  const bool has_leases = transaction.dialect() == Dialect::mariadb;
  Rows rows = transaction.query(has_leases ? list_leases : list_migrations);
  while (rows.next()) {
    applied[rows.int64(0)] =
        AppliedStep{rows.text(1), rows.int64(2) != 0, rows.text_view(3) == "done",
                    has_leases && rows.int64(4) != 0};
  }
  return applied;
}

Result<void> check_known(const std::map<std::int64_t, AppliedStep>& applied,
                         std::span<const Migration> migrations, Dialect dialect) {
  const std::int64_t newest = migrations.empty() ? 0 : migrations.back().number;
  for (const auto& [number, step] : applied) {
    if (number > newest && step.breaking) {
      return refuse(Status::incompatible, "storage.schema_newer",
                    "A newer version of this library has changed the database.", number);
    }
  }
  for (const Migration& migration : migrations) {
    const auto found = applied.find(migration.number);
    if (found != applied.end() && found->second.checksum != checksum(migration, dialect)) {
      return refuse(Status::incompatible, "storage.migration_changed",
                    "A step of the schema was applied with another text.", migration.number);
    }
  }
  return {};
}

Result<void> check_order(std::span<const Migration> migrations) {
  int last = 0;
  for (const Migration& migration : migrations) {
    if (migration.number <= last) {
      return refuse(Status::internal, "storage.migration_order",
                    "The steps of the schema are not in order.", migration.number);
    }
    last = migration.number;
  }
  return {};
}

namespace {

void apply(Transaction& transaction, const Migration& migration, bool started, TimeMs now_ms) {
  if (!started) {
    transaction.run(start_migration, migration.number, migration.name,
                    checksum(migration, transaction.dialect()), migration.breaking, now_ms);
  }
  for (const Script& script : migration.scripts) {
    const std::string_view text = script.text_for(transaction.dialect());
    if (transaction.failed()) {
      return;
    }
    if (text.empty()) {
      continue;  // of another database
    }
    if (Failure failure = transaction.connection().execute(text)) {
      failure.statement = migration.name;
      transaction.fail(std::move(failure));
    }
  }
  transaction.run_exactly(1, end_migration, migration.number);
}

Result<void> create_table_of_steps(Database& database, const Deadline& deadline) {
  return database.write_alone(deadline, [](Transaction& transaction) -> Result<void> {
    if (Failure failure =
            transaction.connection().execute(table_of_steps.text_for(transaction.dialect()))) {
      transaction.fail(std::move(failure));
    }
    return {};
  });
}

// What is to be done next: a step that is ours now, or to wait for one that is somebody else's.
struct Next {
  const Migration* step = nullptr;
  bool is_leased = false;
};

Result<void> claim_next(Transaction& transaction, std::span<const Migration> migrations,
                        TimeMs now_ms, Next& next) {
  next = {};
  const std::map<std::int64_t, AppliedStep> applied = read_applied(transaction);
  KAMENG_CHECK(check_known(applied, migrations, transaction.dialect()));
  for (const Migration& migration : migrations) {
    const auto found = applied.find(migration.number);
    if (found != applied.end() && found->second.done) {
      continue;
    }
    next.is_leased = found != applied.end() && found->second.leased;
    next.step = next.is_leased ? nullptr : &migration;
    if (found == applied.end()) {
      // Of two that begin it at once, one is refused by the key, and runs again.
      transaction.run(start_with_lease, migration.number, migration.name,
                      checksum(migration, transaction.dialect()), migration.breaking, now_ms,
                      lease_ms);
    } else if (!next.is_leased) {
      transaction.run_exactly(1, set_lease, lease_ms, migration.number);
    }
    return {};
  }
  return {};
}

// Where each DDL commits: step by step. What a step does besides DDL is committed with its end.
Result<void> migrate_in_pieces(Database& database, std::span<const Migration> migrations,
                               TimeMs now_ms, const Deadline& deadline) {
  KAMENG_CHECK(create_table_of_steps(database, deadline));
  for (;;) {
    Next next;
    KAMENG_CHECK(database.write_alone(deadline, [&](Transaction& transaction) {
      return claim_next(transaction, migrations, now_ms, next);
    }));
    if (next.is_leased && deadline.over()) {
      Failure failure;
      failure.fault = Fault::busy;
      return to_error(failure);
    }
    if (next.is_leased) {
      std::this_thread::sleep_for(lease_pause);
      continue;
    }
    if (next.step == nullptr) {
      return {};
    }
    const Result<void> applied =
        database.write_alone(deadline, [&](Transaction& transaction) -> Result<void> {
          apply(transaction, *next.step, true, now_ms);
          return {};
        });
    if (!applied) {
      // Whoever tries again need not wait. When this fails too, the lease just runs out.
      static_cast<void>(
          database.write_alone(Deadline::after_ms(1'000), [&](Transaction& transaction) {
            transaction.run(set_lease, 0, next.step->number);
            return Result<void>();
          }));
      return applied;
    }
  }
}

}  // namespace

std::string checksum(const Migration& migration, Dialect dialect) {
  // FNV-1a, 64 bits: it finds an edit, it does not have to stop a forger.
  std::uint64_t hash = 0xcbf29ce484222325u;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    }
    hash = (hash ^ 0xffu) * 0x100000001b3u;  // no byte of UTF-8: keeps the parts apart
  };
  add(migration.name);
  for (const Script& script : migration.scripts) {
    add(script.text_for(dialect));
  }
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) {
    text.push_back("0123456789abcdef"[(hash >> shift) & 0xfu]);
  }
  return text;
}

Result<void> Database::migrate(std::span<const Migration> migrations, TimeMs now_ms,
                               const Deadline& deadline) {
  KAMENG_CHECK(check_order(migrations));
  if (dialect() == Dialect::mariadb) {
    return migrate_in_pieces(*this, migrations, now_ms, deadline);
  }
  return write_alone(deadline, [&](Transaction& transaction) -> Result<void> {
    Failure failure = transaction.connection().lock_schema();
    if (!failure) {
      failure = transaction.connection().execute(table_of_steps.text_for(dialect()));
    }
    if (failure) {
      transaction.fail(std::move(failure));
      return {};
    }
    const std::map<std::int64_t, AppliedStep> applied = read_applied(transaction);
    KAMENG_CHECK(check_known(applied, migrations, dialect()));
    for (const Migration& migration : migrations) {
      const auto found = applied.find(migration.number);
      if (found == applied.end() || !found->second.done) {
        apply(transaction, migration, found != applied.end(), now_ms);
      }
    }
    return {};
  });
}

}  // namespace kameng::sql
