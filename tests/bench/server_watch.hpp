// server_watch.hpp - what a database server does meanwhile: who waits for locks, how long its log's
// flushes take, and what CPU it uses.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "meter.hpp"

namespace kameng::bench {

struct ServerSpent {
  Spent spent;         // wall time, and CPU of the client and the server together
  double waiting = 0;  // callers that wait for a lock: how many on average
  double locks = -1;   // waits for row locks, where the server counts them (MariaDB)
  double syncs = 0;    // flushes of the server, of its log alone on PostgreSQL
  double sync_s = -1;  // inside them, where the server tells (PostgreSQL)
};

class ServerWatch {
 public:
  virtual ~ServerWatch() = default;
  // `children`: the stretch is the work of child processes.
  [[nodiscard]] ServerSpent measure(bool children, const std::function<void()>& stretch);
  // Room for tables of the same names as elsewhere: a schema, or a database.
  virtual void make_place(const std::string& name) = 0;

 protected:
  struct Counters {
    double locks = -1, syncs = 0, sync_s = -1;
  };
  [[nodiscard]] virtual Counters counters() = 0;
  [[nodiscard]] virtual int waiting_now() = 0;  // on a thread of its own, no other call meanwhile
  [[nodiscard]] virtual double cpu_s() = 0;
};

// `driver` is postgres or mariadb; the server runs on this machine.
[[nodiscard]] std::unique_ptr<ServerWatch> watch_server(const std::string& driver,
                                                        const std::string& dsn);
#ifdef KAMENG_WITH_POSTGRES
[[nodiscard]] std::unique_ptr<ServerWatch> watch_postgres(const std::string& dsn);
#endif
#ifdef KAMENG_WITH_MARIADB
[[nodiscard]] std::unique_ptr<ServerWatch> watch_mariadb(const std::string& dsn);
#endif

// Seconds of user and system time of a process; with `reaped` also of its children that have ended.
[[nodiscard]] double process_cpu_s(long process, bool reaped);
[[nodiscard]] double processes_below_cpu_s(long parent);
[[nodiscard]] long parent_of(long process);

}  // namespace kameng::bench
