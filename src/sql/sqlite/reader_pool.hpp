// reader_pool.hpp - the connections that read a file while others write it. They are opened when
// first needed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sql/sqlite/connection.hpp"

namespace kameng::sql::sqlite {

class ReaderPool {
 public:
  ReaderPool(const Options& options, std::string real_path)
      : options_(&options), real_path_(std::move(real_path)) {}

  // Any thread. Waits until the deadline for a connection to come back.
  [[nodiscard]] Result<std::unique_ptr<SqliteConnection>> take(const Deadline& deadline);
  // `sound` is false after a fault that the connection may not have survived: it is closed.
  void give_back(std::unique_ptr<SqliteConnection> connection, bool sound);

  // Nobody gets a connection until resume(); idle ones are closed. Waits for those in use, but not
  // for ever: false when some are still out.
  bool pause(const Deadline& deadline);
  void resume();

  // Name and SQL of what is prepared on the connections that are idle now.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> prepared();
  [[nodiscard]] std::int64_t statements() const noexcept { return statements_.load(); }

 private:
  const Options* options_;
  const std::string real_path_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
  int taken_ = 0;
  bool paused_ = false;
  std::atomic<std::int64_t> statements_{
      0};  // by connections that are closed or have been given back
};

}  // namespace kameng::sql::sqlite
