// replay.hpp - a recording run again with SQLite alone: prepared statements, the engine's settings,
// its groups, and nothing else of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "meter.hpp"
#include "recording.hpp"

namespace kameng::bench {

struct Replayed {
  Spent spent;                  // on timed sections
  std::int64_t statements = 0;  // of them, without BEGIN and COMMIT
  std::int64_t commits = 0;
  std::int64_t wal_bytes = 0;
};

class Replay {
 public:
  // `path` is a copy of the database as it was before the recording; a new one in memory is built
  // from a recording that begins with the opening.
  Replay(const Recording& recording, const std::string& path);
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;
  ~Replay();

  // Every section of the round, those that are not timed too.
  [[nodiscard]] Replayed run(int round);
  // As run(), and prints what each statement of timed sections took; COMMIT stands for itself.
  void profile(int round, int trades);
  // Orders that the replayed statements have delivered.
  [[nodiscard]] std::int64_t delivered();

 private:
  struct Connection {
    sqlite3* database = nullptr;
    sqlite3_stmt* begin = nullptr;
    sqlite3_stmt* end = nullptr;
    std::vector<sqlite3_stmt*> prepared;  // by the number of the text
  };

  void open(Connection& connection, const std::string& path, bool reads);
  void run_section(const Section& section, Replayed& replayed);
  void run_group(const Group& group);
  void count(const std::string& text, const std::function<void()>& run);
  void run_step(Connection& connection, const Step& step);
  void bind(sqlite3_stmt* statement, const Step& step) const;
  void checkpoint_if_large();
  static int on_commit(void* self, sqlite3* database, const char* schema, int pages);

  const Recording& recording_;
  bool in_memory_;
  Connection writer_, reader_;
  std::int64_t wal_now_ = 0;      // bytes after the last commit
  std::int64_t wal_written_ = 0;  // by all commits
  std::int64_t next_checkpoint_;
  // By text: how often and how long; filled by profile() alone.
  bool profiles_ = false;
  std::map<std::string, std::pair<std::int64_t, double>> costs_;
};

}  // namespace kameng::bench
