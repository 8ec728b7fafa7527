// watch_mariadb.cpp - InnoDB's own figures.
#include <cstdlib>
#include <fstream>

#include <mysql.h>

#include "server_watch.hpp"
#include "shop.hpp"

namespace kameng::bench {
namespace {

class MariadbWatch final : public ServerWatch {
 public:
  explicit MariadbWatch(const std::string& dsn) : connection_(mysql_init(nullptr)) {
    const std::string socket = dsn.substr(dsn.find("socket=") + 7);
    if (mysql_real_connect(connection_, nullptr, "root", nullptr, nullptr, 0, socket.c_str(), 0) ==
        nullptr) {
      fail("mariadb", mysql_error(connection_));
    }
    std::ifstream file(field("SELECT @@pid_file", 0));
    file >> server_;
  }
  MariadbWatch(const MariadbWatch&) = delete;
  MariadbWatch& operator=(const MariadbWatch&) = delete;
  ~MariadbWatch() override { mysql_close(connection_); }
  void make_place(const std::string& name) override {
    const std::string query = "CREATE DATABASE IF NOT EXISTS " + name;
    if (mysql_query(connection_, query.c_str()) != 0) {
      fail(query, mysql_error(connection_));
    }
  }

 protected:
  Counters counters() override {
    return {.locks = status("Innodb_row_lock_waits"), .syncs = status("Innodb_data_fsyncs")};
  }
  int waiting_now() override { return static_cast<int>(status("Innodb_row_lock_current_waits")); }
  double cpu_s() override { return process_cpu_s(server_, false); }

 private:
  std::string field(const std::string& query, unsigned number) {
    if (mysql_query(connection_, query.c_str()) != 0) {
      fail(query, mysql_error(connection_));
    }
    MYSQL_RES* result = mysql_store_result(connection_);
    MYSQL_ROW row = mysql_fetch_row(result);
    std::string value = row == nullptr || row[number] == nullptr ? "" : row[number];
    mysql_free_result(result);
    return value;
  }
  double status(const std::string& name) {
    return std::strtod(field("SHOW GLOBAL STATUS LIKE '" + name + "'", 1).c_str(), nullptr);
  }

  MYSQL* connection_;
  long server_ = 0;
};

}  // namespace

std::unique_ptr<ServerWatch> watch_mariadb(const std::string& dsn) {
  return std::make_unique<MariadbWatch>(dsn);
}

}  // namespace kameng::bench
