// buckets.cpp - see buckets.hpp.
#include "limit/buckets.hpp"

#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limit/limit_sql.hpp"
#include "sql/migration.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace kameng::limit {
namespace {

constexpr std::int64_t cache_kib = 4 * 1024;
constexpr std::int64_t wal_bytes_max = 4 * 1024 * 1024;

bool is_corrupt(const Error& error) {
  return error.reason == "storage.corrupt" || error.reason == "storage.not_a_database";
}

const std::vector<sql::Migration>& file_migrations() {
  static const std::vector<sql::Migration> all{
      {.number = 1, .name = "rate limits", .scripts = {file_schema}}};
  return all;
}

}  // namespace

Result<void> Buckets::write(const Deadline& deadline, const sql::Work& work) {
  return run(&sql::Database::write, deadline, work);
}

Result<void> Buckets::write_alone(const Deadline& deadline, const sql::Work& work) {
  return run(&sql::Database::write_alone, deadline, work);
}

bool Buckets::exist() {
  const std::lock_guard lock(mutex_);
  return place_.path.empty() || file_ || identity() != Identity{};
}

Result<void> Buckets::run(Write how, const Deadline& deadline, const sql::Work& work) {
  if (place_.path.empty()) {
    return (place_.shop->*how)(deadline, work);
  }
  for (int tries = 0;; ++tries) {
    KAMENG_TRY(const Opened opened, file(deadline));
    Result<void> written = (opened.get()->*how)(deadline, work);
    if (written.ok() || !is_corrupt(written.error()) || tries > 0) {
      return written;
    }
    replace(opened);
  }
}

Result<Buckets::Opened> Buckets::file(const Deadline& deadline) {
  const std::lock_guard lock(mutex_);
  if (file_ && opened_ == identity()) {
    return file_;
  }
  file_ = nullptr;  // whoever is still at it closes it
  const Identity before = identity();
  Result<Opened> opened = open_file(deadline);
  if (!opened.ok() && is_corrupt(opened.error())) {
    remove_file(before);
    opened = open_file(deadline);
  }
  KAMENG_CHECK(opened);
  file_ = *opened;
  // Replaced since then, it is opened once more.
  opened_ = before == Identity{} ? identity() : before;
  return file_;
}

Result<Buckets::Opened> Buckets::open_file(const Deadline& deadline) {
  sql::sqlite::Options options;
  options.path = place_.path;
  options.table_prefix = place_.table_prefix;
  options.vfs = place_.vfs;
  options.writer_cache_kib = cache_kib;
  options.readers_max = 1;
  options.open_timeout_ms = deadline.left_ms();
  options.wal_bytes_max = wal_bytes_max;
  options.durable = false;
  KAMENG_TRY(std::unique_ptr<sql::Database> opened, sql::sqlite::open(options));
  KAMENG_CHECK(opened->migrate(file_migrations(), 0, deadline));
  return Opened(std::move(opened));
}

void Buckets::replace(const Opened& corrupt) {
  const std::lock_guard lock(mutex_);
  if (file_ == corrupt) {  // otherwise another thread was quicker
    file_ = nullptr;
    remove_file(opened_);
  }
}

// Of several processes that find one file corrupt, one removes it; the others find that it is not
// the same any more. The WAL goes first: nobody must find it beside a new file.
void Buckets::remove_file(const Identity& corrupt) const {
  const int file = ::open(place_.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) {
    return;
  }
  if (::flock(file, LOCK_EX) == 0 && identity() == corrupt) {
    for (const char* suffix : {"-shm", "-wal", ""}) {
      static_cast<void>(::unlink((place_.path + suffix).c_str()));
    }
  }
  ::close(file);
}

Buckets::Identity Buckets::identity() const {
  struct stat status {};
  if (place_.path == ":memory:" || ::stat(place_.path.c_str(), &status) != 0) {
    return {};
  }
  return {status.st_dev, status.st_ino};
}

}  // namespace kameng::limit
