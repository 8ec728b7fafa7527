// buckets.hpp - where the buckets are kept: in a SQLite file of their own, in memory, or in the
// shop's database on a server.
//
// The file may be lost at any time: a corrupt one is replaced, and one that another process or an
// operator replaced is opened anew.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <sys/types.h>

#include "sql/database.hpp"

namespace kameng::limit {

struct Place {
  std::string path;  // of the SQLite file, or ":memory:"; empty: in `shop`
  sql::Database* shop = nullptr;
  std::string table_prefix = "kameng_";
  std::string vfs = {};  // a test's
};

class Buckets {
 public:
  explicit Buckets(Place place) : place_(std::move(place)) {}
  Buckets(const Buckets&) = delete;
  Buckets& operator=(const Buckets&) = delete;

  // As sql::Database::write(), alone or grouped; opens the file first when it is not open.
  [[nodiscard]] Result<void> write(const Deadline& deadline, const sql::Work& work);
  [[nodiscard]] Result<void> write_alone(const Deadline& deadline, const sql::Work& work);

  // False while nobody has needed them yet.
  [[nodiscard]] bool exist();

 private:
  // Which file a path leads to.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    [[nodiscard]] bool operator==(const Identity&) const = default;
  };
  using Opened = std::shared_ptr<sql::Database>;
  using Write = Result<void> (sql::Database::*)(const Deadline&, const sql::Work&);

  [[nodiscard]] Result<void> run(Write how, const Deadline& deadline, const sql::Work& work);
  [[nodiscard]] Result<Opened> file(const Deadline& deadline);
  [[nodiscard]] Result<Opened> open_file(const Deadline& deadline);
  void replace(const Opened& corrupt);
  void remove_file(const Identity& corrupt) const;
  [[nodiscard]] Identity identity() const;

  const Place place_;
  std::mutex mutex_;  // of what follows
  Opened file_;
  Identity opened_;
};

}  // namespace kameng::limit
