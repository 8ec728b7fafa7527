// database.cpp - a SQLite database that is open: one combiner for writers, a pool for readers.
#include <algorithm>
#include <exception>
#include <map>
#include <new>
#include <thread>
#include <utility>

#include <sys/stat.h>

#include "sql/fork.hpp"
#include "sql/nesting.hpp"
#include "sql/pool.hpp"
#include "sql/sqlite/combiner.hpp"
#include "sql/sqlite/open_files.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace kameng::sql::sqlite {

namespace {

constexpr std::int64_t maintain_checkpoint_bytes = 4 * 1024 * 1024;
constexpr std::int64_t reopen_patience_ms = 2'000;
constexpr int sqlite_version_min = 3'040'000;

Error misuse(std::string_view reason, std::string_view message) {
  Error error;
  error.status = Status::misuse;
  error.reason = reason;
  error.message = message;
  return error;
}

// Everything that SQLite memory hangs on. In a forked child it is left alone: closing it there
// would touch the parent's file.
struct Parts {
  Options options;
  OpenFile file;
  std::unique_ptr<Pool<SqliteConnection>> readers;  // none in memory
  std::unique_ptr<Combiner> writer;
};

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;
  ~SqliteDatabase() override {
    if (fork_generation() != generation_) {
      static_cast<void>(parts_.release());
    }
  }

  [[nodiscard]] Dialect dialect() const override { return Dialect::sqlite; }
  [[nodiscard]] Result<void> write(const Deadline& deadline, const Work& work) override {
    return submit(deadline, work, Combiner::Kind::grouped);
  }
  [[nodiscard]] Result<void> write_alone(const Deadline& deadline, const Work& work) override {
    return submit(deadline, work, Combiner::Kind::alone);
  }
  [[nodiscard]] Result<void> read(const Deadline& deadline, const Work& work) override;
  [[nodiscard]] Result<void> maintain(const Deadline& deadline) override;
  [[nodiscard]] Result<void> forget(const Deadline& deadline) override;
  [[nodiscard]] Result<void> copy_to(const std::string& path, const Deadline& deadline) override;
  [[nodiscard]] Metrics metrics() const override;
  [[nodiscard]] Result<std::vector<StatementPlan>> prepared_plans(
      const Deadline& deadline) override;

 private:
  [[nodiscard]] Result<void> check_caller() const;
  [[nodiscard]] Result<void> submit(const Deadline& deadline, const Work& work,
                                    Combiner::Kind kind);

  const int generation_ = fork_generation();
  std::unique_ptr<Parts> parts_;
};

Result<void> SqliteDatabase::check_caller() const {
  if (fork_generation() != generation_) {
    return misuse("engine.used_after_fork", "The database was opened before the fork.");
  }
  if (Inside::of(parts_.get())) {
    return misuse("engine.nested_call", "A transaction cannot open another one.");
  }
  return {};
}

Result<void> SqliteDatabase::submit(const Deadline& deadline, const Work& work,
                                    Combiner::Kind kind) {
  KAMENG_CHECK(check_caller());
  return parts_->writer->submit(deadline, work, kind);
}

// What a work that read once came to; `fault` is what its transaction failed with.
Result<void> read_once(const void* owner, SqliteConnection& connection, const Deadline& deadline,
                       const Work& work, Fault& fault) {
  if (const Failure failure = connection.begin_read()) {
    fault = failure.fault;
    return to_error(failure);
  }
  Transaction transaction(connection);
  Result<void> answer;
  connection.interrupt_at(deadline.at());
  try {
    const Inside inside(owner);
    answer = work(transaction);
  } catch (const std::bad_alloc&) {
    Failure failure;
    failure.fault = Fault::out_of_memory;
    transaction.fail(failure);
  } catch (...) {
    Error error;
    error.reason = "engine.exception";
    error.message = "The engine met a fault it did not expect.";
    answer = std::move(error);
  }
  connection.never_interrupt();
  connection.rollback();
  fault = transaction.failure().fault;
  // A reader's connection refuses to write, so a work that tries is at fault and not the file.
  if (fault == Fault::read_only) {
    Failure failure = transaction.failure();
    failure.fault = Fault::misuse;
    return to_error(failure);
  }
  return transaction.failed() ? Result<void>(to_error(transaction.failure())) : std::move(answer);
}

Result<void> SqliteDatabase::read(const Deadline& deadline, const Work& work) {
  if (!parts_->readers) {
    return submit(deadline, work, Combiner::Kind::reading);
  }
  KAMENG_CHECK(check_caller());
  for (;;) {
    KAMENG_TRY(std::unique_ptr<SqliteConnection> connection, parts_->readers->take(deadline));
    Fault fault = Fault::none;
    Result<void> answer;
    try {
      answer = read_once(parts_.get(), *connection, deadline, work, fault);
    } catch (...) {
      parts_->readers->give_back(std::move(connection), false);
      throw;
    }
    const bool sound = !connection->in_transaction() && fault != Fault::io &&
                       fault != Fault::corrupt && fault != Fault::not_a_database;
    parts_->readers->give_back(std::move(connection), sound);
    // Busy: another process is recovering or closing the file. Nothing has been read, or all of it
    // is read again.
    if (fault != Fault::busy || deadline.over()) {
      return answer;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Result<void> SqliteDatabase::maintain(const Deadline& deadline) {
  KAMENG_CHECK(check_caller());
  if (!parts_->readers) {
    return {};
  }
  std::int64_t bytes = parts_->writer->wal_bytes();
  if (bytes == 0) {
    // This process has not committed yet; the file's size is all there is to see.
    struct stat status {};
    const std::string wal = parts_->file.real_path() + "-wal";
    bytes = ::stat(wal.c_str(), &status) == 0 ? status.st_size : 0;
  }
  if (bytes <= maintain_checkpoint_bytes) {
    return {};
  }
  // On a reader's connection: writers go on meanwhile.
  KAMENG_TRY(std::unique_ptr<SqliteConnection> connection, parts_->readers->take(deadline));
  const Failure failure = connection->checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  parts_->readers->give_back(std::move(connection), !failure || failure.fault == Fault::busy);
  if (failure && failure.fault != Fault::busy) {
    return to_error(failure);
  }
  return {};
}

Result<void> SqliteDatabase::forget(const Deadline& deadline) {
  KAMENG_CHECK(check_caller());
  if (!parts_->readers) {
    return {};
  }
  // A reader that is still at an older moment holds the WAL; it is gone in a moment.
  for (;;) {
    KAMENG_TRY(std::unique_ptr<SqliteConnection> connection, parts_->readers->take(deadline));
    const Failure failure = connection->checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    parts_->readers->give_back(std::move(connection), !failure || failure.fault == Fault::busy);
    if (!failure) {
      return {};
    }
    if (failure.fault != Fault::busy || deadline.over()) {
      return to_error(failure);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

Result<void> SqliteDatabase::copy_to(const std::string& path, const Deadline& deadline) {
  const Work copy = [&](Transaction& transaction) -> Result<void> {
    // Every connection of this database is one of ours.
    auto& connection = static_cast<SqliteConnection&>(transaction.connection());
    if (const Failure failure = connection.copy_to(path, deadline)) {
      return to_error(failure);
    }
    return {};
  };
  // In memory the one connection is the writer's. Alone, because a group may hold what is not yet
  // committed.
  return parts_->readers ? read(deadline, copy) : write_alone(deadline, copy);
}

Metrics SqliteDatabase::metrics() const {
  Metrics metrics = parts_->writer->metrics();
  if (parts_->readers) {
    metrics.statements += parts_->readers->statements();
  }
  return metrics;
}

Result<std::vector<StatementPlan>> SqliteDatabase::prepared_plans(const Deadline& deadline) {
  KAMENG_CHECK(check_caller());
  using Texts = std::vector<std::pair<std::string, std::string>>;
  Texts read_texts;
  if (parts_->readers) {
    parts_->readers->for_idle([&](const SqliteConnection& connection) {
      const Texts some = connection.prepared();
      read_texts.insert(read_texts.end(), some.begin(), some.end());
    });
  }
  std::map<std::string, StatementPlan> plans;
  KAMENG_CHECK(write_alone(deadline, [&](Transaction& transaction) -> Result<void> {
    plans.clear();
    // Every connection of this database is one of ours.
    auto& connection = static_cast<SqliteConnection&>(transaction.connection());
    Texts texts = connection.prepared();
    texts.insert(texts.end(), read_texts.begin(), read_texts.end());
    for (const auto& [name, sql] : texts) {
      KAMENG_TRY(std::vector<std::string> lines, connection.explain(sql));
      plans[name] = StatementPlan{name, std::move(lines)};
    }
    return {};
  }));
  std::vector<StatementPlan> all;
  for (auto& [name, plan] : plans) {
    all.push_back(std::move(plan));
  }
  return all;
}

Result<void> check_options(const Options& options) {
  Error error;
  if (sqlite3_libversion_number() < sqlite_version_min || sqlite3_threadsafe() == 0) {
    error.status = Status::incompatible;
    error.reason = "engine.sqlite_too_old";
    error.message = "SQLite 3.40 or newer is needed, built for threads.";
    return error;
  }
  if (!is_table_prefix(options.table_prefix)) {
    error.status = Status::invalid_argument;
    error.reason = "storage.table_prefix";
    error.message = "A table prefix has at most 32 lower-case letters, digits and _.";
    return error;
  }
  return {};
}

// Opens the writer anew when nobody reads, so that the last commit's fate is read from the file and
// not from memory shared with other connections.
Combiner::Open reopener(Parts& parts) {
  return [&parts]() -> Result<std::unique_ptr<SqliteConnection>> {
    parts.readers->pause(Deadline::after_ms(reopen_patience_ms));
    auto opened = SqliteConnection::open(parts.options, parts.file.real_path(), Role::writer);
    parts.readers->resume();
    return opened;
  };
}

}  // namespace

Result<std::unique_ptr<Database>> open(const Options& options) {
  KAMENG_CHECK(check_options(options));
  auto parts = std::make_unique<Parts>();
  parts->options = options;
  const bool in_memory = options.path == ":memory:";
  std::string real_path = options.path;
  if (!in_memory) {
    KAMENG_TRY(parts->file, OpenFile::claim(options.path));
    real_path = parts->file.real_path();
    // They read while others write.
    parts->readers = std::make_unique<Pool<SqliteConnection>>(
        options.readers_max, [&kept = parts->options, real_path](const Deadline&) {
          return SqliteConnection::open(kept, real_path, Role::reader);
        });
  }
  KAMENG_TRY(std::unique_ptr<SqliteConnection> writer,
             SqliteConnection::open(parts->options, real_path, Role::writer));
  parts->writer =
      std::make_unique<Combiner>(parts.get(), std::move(writer),
                                 in_memory ? Combiner::Open() : reopener(*parts), parts->options);
  return std::unique_ptr<Database>(std::make_unique<SqliteDatabase>(std::move(parts)));
}

}  // namespace kameng::sql::sqlite
