// reader_pool.cpp - handing out connections that read.
#include "sql/sqlite/reader_pool.hpp"

#include <utility>

namespace kameng::sql::sqlite {

Result<std::unique_ptr<SqliteConnection>> ReaderPool::take(const Deadline& deadline) {
  {
    std::unique_lock lock(mutex_);
    const bool free = changed_.wait_until(
        lock, deadline.at(), [this] { return !paused_ && taken_ < options_->readers_max; });
    if (!free) {
      Failure failure;
      failure.fault = Fault::interrupted;
      return to_error(failure);
    }
    ++taken_;
    if (!idle_.empty()) {
      std::unique_ptr<SqliteConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      statements_ -= connection->statements();
      return connection;
    }
  }
  try {
    auto opened = SqliteConnection::open(*options_, real_path_, Role::reader);
    if (!opened) {
      give_back(nullptr, false);
    }
    return opened;
  } catch (...) {
    give_back(nullptr, false);  // memory ran out; the place in the pool is not lost with it
    throw;
  }
}

void ReaderPool::give_back(std::unique_ptr<SqliteConnection> connection, bool sound) {
  if (connection) {
    statements_ += connection->statements();
  }
  {
    const std::lock_guard lock(mutex_);
    --taken_;
    if (connection && sound && !paused_) {
      idle_.push_back(std::move(connection));
    }
  }
  changed_.notify_all();
}

bool ReaderPool::pause(const Deadline& deadline) {
  std::vector<std::unique_ptr<SqliteConnection>> closing;
  std::unique_lock lock(mutex_);
  paused_ = true;
  closing.swap(idle_);
  return changed_.wait_until(lock, deadline.at(), [this] { return taken_ == 0; });
}

void ReaderPool::resume() {
  {
    const std::lock_guard lock(mutex_);
    paused_ = false;
  }
  changed_.notify_all();
}

std::vector<std::pair<std::string, std::string>> ReaderPool::prepared() {
  std::vector<std::pair<std::string, std::string>> all;
  const std::lock_guard lock(mutex_);
  for (const auto& connection : idle_) {
    auto some = connection->prepared();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace kameng::sql::sqlite
