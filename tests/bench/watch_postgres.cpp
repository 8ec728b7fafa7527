// watch_postgres.cpp - PostgreSQL's own figures; a cluster's processes are children of one.
#include <cstdlib>

#include <libpq-fe.h>

#include "server_watch.hpp"
#include "shop.hpp"

namespace kameng::bench {
namespace {

class PostgresWatch final : public ServerWatch {
 public:
  explicit PostgresWatch(const std::string& dsn) : connection_(PQconnectdb(dsn.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) {
      fail("postgres", PQerrorMessage(connection_));
    }
    server_ = parent_of(static_cast<long>(number("SELECT pg_backend_pid()")));
  }
  PostgresWatch(const PostgresWatch&) = delete;
  PostgresWatch& operator=(const PostgresWatch&) = delete;
  ~PostgresWatch() override { PQfinish(connection_); }
  void make_place(const std::string& name) override {
    const std::string query = "CREATE SCHEMA IF NOT EXISTS " + name;
    PGresult* result = PQexec(connection_, query.c_str());
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
      fail(query, PQerrorMessage(connection_));
    }
    PQclear(result);
  }

 protected:
  Counters counters() override {
    return {.syncs = number("SELECT wal_sync FROM pg_stat_wal"),
            .sync_s = number("SELECT wal_sync_time / 1000 FROM pg_stat_wal")};
  }
  int waiting_now() override {
    return static_cast<int>(
        number("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"));
  }
  double cpu_s() override { return process_cpu_s(server_, true) + processes_below_cpu_s(server_); }

 private:
  double number(const char* query) {
    PGresult* result = PQexec(connection_, query);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
      fail(query, PQerrorMessage(connection_));
    }
    const double value = std::strtod(PQgetvalue(result, 0, 0), nullptr);
    PQclear(result);
    return value;
  }

  PGconn* connection_;
  long server_ = 0;
};

}  // namespace

std::unique_ptr<ServerWatch> watch_postgres(const std::string& dsn) {
  return std::make_unique<PostgresWatch>(dsn);
}

}  // namespace kameng::bench
