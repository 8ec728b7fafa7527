// connection.hpp - one session on a server: its settings, prepared statements and transactions.
//
// The session never commits by itself, so a transaction that writes begins with its first
// statement and costs no trip of its own, but for a cluster's. One that reads takes its snapshot in
// one trip.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sql/mariadb/client.hpp"
#include "sql/mariadb/cursor.hpp"
#include "sql/mariadb/dsn.hpp"
#include "sql/server_connection.hpp"
#include "sql/server_database.hpp"

namespace kameng::sql::mariadb {

class MariadbConnection final : public ServerConnection {
 public:
  // `options` outlives the connection.
  [[nodiscard]] static Result<std::unique_ptr<MariadbConnection>> open(const ServerOptions& options,
                                                                       const Address& address,
                                                                       const Deadline& deadline);
  explicit MariadbConnection(const ServerOptions& options) : options_(&options) {}
  MariadbConnection(const MariadbConnection&) = delete;
  MariadbConnection& operator=(const MariadbConnection&) = delete;
  ~MariadbConnection() override;

  [[nodiscard]] Dialect dialect() const override { return Dialect::mariadb; }
  [[nodiscard]] Cursor* prepare(const Statement& statement, Failure& failure) override;
  [[nodiscard]] std::int64_t changes() const override { return changes_; }
  [[nodiscard]] Failure execute(std::string_view script) override;
  [[nodiscard]] std::string script_text(std::string_view script) const override;
  [[nodiscard]] Failure begin_read() override;
  [[nodiscard]] Failure begin_write(const Deadline& deadline) override;
  [[nodiscard]] Failure commit() override;
  void rollback() override;
  [[nodiscard]] Failure savepoint(std::string_view name) override;
  [[nodiscard]] Failure release(std::string_view name) override;
  [[nodiscard]] Failure rollback_to(std::string_view name) override;
  [[nodiscard]] bool in_transaction() const override { return in_transaction_; }

  [[nodiscard]] bool is_sound() const override { return !is_broken_ && !client_.is_over(); }
  [[nodiscard]] bool is_whole() override;
  void give_up_at(const Deadline& deadline) override;
  [[nodiscard]] std::int64_t statements() const noexcept override { return statements_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> prepared() const override;
  [[nodiscard]] Result<std::vector<std::string>> explain(std::string_view sql) override;

  // Of a Galera cluster: locks of other nodes are not seen, and a commit may lose against them.
  [[nodiscard]] Node node() const override { return node_; }

  // For cursors.
  [[nodiscard]] Client& client() noexcept { return client_; }
  [[nodiscard]] Failure failure_of(unsigned int code, const char* message,
                                   std::string_view statement);
  // True, with `failure` set, when the seam wants the statement to fail.
  [[nodiscard]] bool refuses(std::string_view name, std::string_view sql,
                             std::span<const Value> values, Failure& failure) const;
  void touch() noexcept { is_touched_ = true; }
  void count_changes(std::int64_t changes) noexcept { changes_ = changes; }
  void give_back() noexcept { --cursors_in_use_; }
  void give_up() noexcept { is_broken_ = true; }  // whoever is next gets another session

 private:
  using Cursors = std::array<std::unique_ptr<MariadbCursor>, 2>;  // without and with its lock

  [[nodiscard]] Result<void> set_up();
  [[nodiscard]] Result<void> set_up_node();
  [[nodiscard]] std::unique_ptr<MariadbCursor> prepare_new(const Statement& statement,
                                                           std::string sql, Failure& failure);
  void drop_idle_cursors();
  // What is sent in front of a transaction so that the server gives up about when we do.
  [[nodiscard]] std::string limits();
  [[nodiscard]] Failure run(std::string_view name, const std::string& sql);
  [[nodiscard]] Failure run_named(std::string_view verb, std::string_view name);
  void close_cursors();

  const ServerOptions* options_;
  Client client_;
  std::unordered_map<const Statement*, Cursors> cursors_;
  int cursors_in_use_ = 0;
  std::int64_t changes_ = 0;
  std::int64_t statements_ = 0;
  std::int64_t lock_wait_s_ = 0;  // as the server knows it
  bool in_transaction_ = false;
  bool is_writing_ = false;
  bool is_touched_ = false;  // a statement has run in this transaction
  bool is_marked_ = false;   // with a savepoint at its beginning
  bool is_broken_ = false;
  bool is_mariadb_ = true;  // and not another server with its protocol
  bool is_clustered_ = false;
  Node node_;
};

}  // namespace kameng::sql::mariadb
