// postgres_fixture.hpp - the server that the tests of the PostgreSQL driver use, the tables they
// share, and a relay that stands between driver and server.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sql/postgres/postgres.hpp"
#include "support/server_dsn.hpp"
#include "support/temp_folder.hpp"

namespace kameng::sql::test::postgres {

using kameng::test::TempFolder;
using Rows = kameng::sql::Rows;

// "host=/folder user=... password=... dbname=...": words that are parted by one blank, of a server
// that is reached by a socket in a folder; tests/servers tells "postgresql:///dbname?host=...&...".
// Empty: there is none, and the tests are passed over.
inline std::string server_dsn() {
  constexpr std::string_view scheme = "postgresql:///";
  std::string dsn = kameng::test::server_dsn("postgres").value_or("");
  if (dsn.starts_with(scheme)) {
    dsn.replace(0, scheme.size(), "dbname=");
    std::replace(dsn.begin(), dsn.end(), '?', ' ');
    std::replace(dsn.begin(), dsn.end(), '&', ' ');
  }
  return dsn.empty() ? dsn : dsn + " application_name=pgtest";
}

// True when there is a server; says so when there is none.
inline bool has_server() {
  if (server_dsn().empty()) {
    MESSAGE("SKIPPED: KAMENG_TEST_POSTGRES names no server");
  }
  return !server_dsn().empty();
}

// The dsn with another value of one of its words, which is added when it has none.
inline std::string with_word(std::string dsn, const std::string& keyword,
                             const std::string& value) {
  const std::string begin = keyword + "=";
  const std::size_t found = dsn.find(begin);
  if (found == std::string::npos) {
    return dsn + " " + begin + value;
  }
  const std::size_t at = found + begin.size();
  return dsn.replace(at, std::min(dsn.find(' ', at), dsn.size()) - at, value);
}

inline std::string word_of(const std::string& dsn, const std::string& keyword) {
  const std::size_t found = dsn.find(keyword + "=");
  if (found == std::string::npos) {
    return {};
  }
  const std::size_t at = found + keyword.size() + 1;
  return dsn.substr(at, dsn.find(' ', at) - at);
}

inline constexpr Statement insert_note{"note.insert",
                                       "INSERT INTO {p}note (id, amount) VALUES (?, ?)"};
inline constexpr Statement count_notes{"note.count", "SELECT count(*) FROM {p}note"};
inline constexpr Statement find_note{"note.find", "SELECT amount FROM {p}note WHERE id = ?"};
inline constexpr Statement lock_note{"note.lock", "SELECT amount FROM {p}note WHERE id = ?",
                                     Lock::rows};
inline constexpr Statement set_note{"note.set", "UPDATE {p}note SET amount = ? WHERE id = ?"};
inline constexpr Statement add_to_note{"note.add",
                                       "UPDATE {p}note SET amount = amount + ? WHERE id = ?"};
inline constexpr Statement kill_others{
    "kill.others",
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE application_name = 'pgtest' AND pid <> pg_backend_pid()"};

inline Deadline soon() {
  return Deadline::after_ms(20'000);
}

inline ServerOptions options() {
  ServerOptions options;
  options.dsn = server_dsn();
  options.table_prefix = "pgtest_";
  return options;
}

inline std::unique_ptr<Database> open_or_fail(const ServerOptions& options) {
  auto opened = sql::postgres::open(options);
  if (!opened) {
    FAIL("open: " << opened.error().reason << " " << opened.error().message);
  }
  return std::move(opened).value();
}

inline void run_script(Database& database, std::string_view script) {
  const auto made = database.write_alone(soon(), [&](Transaction& tx) -> Result<void> {
    if (const Failure failure = tx.connection().execute(script)) {
      tx.fail(failure);
    }
    return {};
  });
  REQUIRE_MESSAGE(made.ok(), made.error().message);
}

inline std::unique_ptr<Database> open_with_tables(const ServerOptions& options) {
  auto database = open_or_fail(options);
  run_script(*database,
             "DROP TABLE IF EXISTS {p}value, {p}note, {p}migration;"
             "CREATE TABLE {p}note (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL"
             " CONSTRAINT {p}amount_positive CHECK (amount >= 0));"
             "CREATE TABLE {p}value (n BIGINT PRIMARY KEY, i BIGINT, t TEXT, b BYTEA)");
  return database;
}

// -1: no row.
template <class... Values>
std::int64_t first_number(Transaction& tx, const Statement& statement, const Values&... values) {
  Rows rows = tx.query(statement, values...);
  return rows.next() ? rows.int64(0) : -1;
}

inline std::int64_t read_number(Database& database, const Statement& statement) {
  std::int64_t number = -1;
  const auto read = database.read(soon(), [&](Transaction& tx) -> Result<void> {
    Rows rows = tx.query(statement);
    number = rows.next() ? rows.int64(0) : -1;
    return {};
  });
  CHECK_MESSAGE(read.ok(), read.error().reason);
  return number;
}

inline Result<void> insert(Database& database, std::int64_t id, std::int64_t amount) {
  return database.write(soon(), [=](Transaction& tx) -> Result<void> {
    tx.run(insert_note, id, amount);
    return {};
  });
}

// Stands between one driver and the server; can be silent, as a server that hangs, or gone, as one
// that was stopped. It counts how often the client spoke after the server had.
class Relay {
 public:
  enum class State { open, silent, gone };

  Relay() : upstream_(word_of(server_dsn(), "host")) {
    const std::string port = word_of(server_dsn(), "port");
    name_ = "/.s.PGSQL." + (port.empty() ? std::string("5432") : port);
    listening_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(folder_.file("") + name_);
    REQUIRE(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listening_, 64) == 0);
    thread_ = std::thread([this] { run(); });
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    ended_ = true;
    thread_.join();
    cut();
    ::close(listening_);
  }

  [[nodiscard]] std::string dsn() const {
    std::string folder = folder_.file("");
    folder.pop_back();
    return with_word(server_dsn(), "host", folder);
  }
  void set(State state) {
    state_ = state;
    while (seen_ != state && !ended_) {
      std::this_thread::yield();
    }
  }
  [[nodiscard]] int trips() const { return trips_; }

 private:
  struct Pair {
    int client;
    int server;
    bool server_spoke = true;
  };

  static sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }

  void run() {
    while (!ended_) {
      const State state = state_;
      if (state == State::gone) {
        cut();
      }
      seen_ = state;
      std::vector<pollfd> waited{{listening_, POLLIN, 0}};
      for (const Pair& pair : pairs_) {
        waited.push_back({pair.client, POLLIN, 0});
        waited.push_back({pair.server, POLLIN, 0});
      }
      if (state == State::silent || ::poll(waited.data(), waited.size(), 5) <= 0) {
        std::this_thread::yield();
        continue;
      }
      std::vector<Pair> kept;
      for (std::size_t i = 0; i < pairs_.size(); ++i) {
        Pair pair = pairs_[i];
        const bool here = (waited[2 * i + 2].revents == 0 || answer(pair)) &&
                          (waited[2 * i + 1].revents == 0 || ask(pair));
        if (here) {
          kept.push_back(pair);
        } else {
          ::close(pair.client);
          ::close(pair.server);
        }
      }
      pairs_.swap(kept);
      if (waited[0].revents != 0) {
        take();
      }
    }
  }

  void take() {
    const int client = ::accept(listening_, nullptr, nullptr);
    if (state_ == State::gone) {
      ::close(client);
      return;
    }
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(upstream_ + name_);
    static_cast<void>(
        ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address));
    pairs_.push_back({client, server});
  }

  static bool pass(int from, int to) {
    char bytes[65536];
    const ssize_t size = ::read(from, bytes, sizeof bytes);
    return size > 0 && ::send(to, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
  }
  bool ask(Pair& pair) {
    trips_ += std::exchange(pair.server_spoke, false) ? 1 : 0;
    return pass(pair.client, pair.server);
  }
  static bool answer(Pair& pair) {
    pair.server_spoke = true;
    return pass(pair.server, pair.client);
  }
  void cut() {
    for (const Pair& pair : pairs_) {
      ::close(pair.client);
      ::close(pair.server);
    }
    pairs_.clear();
  }

  const TempFolder folder_;
  const std::string upstream_;
  std::string name_;
  int listening_ = -1;
  std::vector<Pair> pairs_;
  std::atomic<State> state_{State::open}, seen_{State::open};
  std::atomic<bool> ended_{false};
  std::atomic<int> trips_{0};
  std::thread thread_;
};

}  // namespace kameng::sql::test::postgres
