// connection.hpp - a connection of the host's while it is lent, and its statements. They are
// finalized before the connection goes back, because the host may close it then.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql/host/host.hpp"

namespace kameng::sql::host {

class HostConnection;

class HostCursor final : public Cursor {
 public:
  HostCursor(HostConnection& connection, const Statement& source, bool writes);
  HostCursor(const HostCursor&) = delete;
  HostCursor& operator=(const HostCursor&) = delete;
  ~HostCursor() override;

  [[nodiscard]] bool prepare(std::string_view text, Failure& failure);
  [[nodiscard]] bool in_use() const noexcept { return in_use_; }
  void take() noexcept { in_use_ = true; }

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] bool writes() const override { return writes_; }
  [[nodiscard]] bool bind(std::span<const Value> values, Binding binding,
                          Failure& failure) override;
  [[nodiscard]] bool step(Failure& failure) override;
  void reset(Failure& failure) override;
  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] std::int64_t int64(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] ByteView blob(int column) const override;

 private:
  // True when there is a row and its column holds `kind`; remembers when it holds another one that
  // is not null.
  [[nodiscard]] bool holds(int column, Kind kind) const;
  [[nodiscard]] Failure fail(Fault fault) const;

  HostConnection* connection_;
  void* statement_ = nullptr;
  std::string name_;
  std::string sql_;
  std::vector<int> order_;
  std::size_t values_ = 0;
  bool writes_;
  bool in_use_ = false;
  bool has_row_ = false;
  mutable bool misread_ = false;  // a column was read as another kind than it holds
};

class HostConnection final : public Connection {
 public:
  HostConnection(Driver& driver, const Options& options) : driver_(&driver), options_(&options) {
    time_with(options.times.get());
  }
  HostConnection(const HostConnection&) = delete;
  HostConnection& operator=(const HostConnection&) = delete;
  ~HostConnection() override;

  // Borrows the connection; the failure is the driver's.
  [[nodiscard]] Failure acquire(const Deadline& deadline);
  [[nodiscard]] bool is_joined() const noexcept { return loan_.joined; }
  // The host's transaction is gone, or cannot be brought back to where it was.
  [[nodiscard]] bool is_transaction_lost() const noexcept { return transaction_lost_; }
  [[nodiscard]] std::int64_t statements() const noexcept { return statements_; }

  [[nodiscard]] Dialect dialect() const override { return driver_->dialect(); }
  [[nodiscard]] Cursor* prepare(const Statement& statement, Failure& failure) override;
  [[nodiscard]] std::int64_t changes() const override { return driver_->changes(loan_.connection); }
  [[nodiscard]] Failure execute(std::string_view script) override;
  [[nodiscard]] std::string script_text(std::string_view script) const override;
  [[nodiscard]] Failure begin_read() override;
  [[nodiscard]] Failure begin_write(const Deadline& deadline) override;
  [[nodiscard]] Failure commit() override;
  void rollback() override;
  [[nodiscard]] Failure savepoint(std::string_view name) override;
  [[nodiscard]] Failure release(std::string_view name) override;
  [[nodiscard]] Failure rollback_to(std::string_view name) override;
  [[nodiscard]] bool in_transaction() const override {
    return driver_->in_transaction(loan_.connection);
  }

  // For cursors.
  [[nodiscard]] Driver& driver() const noexcept { return *driver_; }
  [[nodiscard]] void* handle() const noexcept { return loan_.connection; }
  [[nodiscard]] Failure failure(Fault fault, std::string_view statement) const;
  [[nodiscard]] Fault announce(std::string_view name, std::string_view text,
                               std::span<const Value> values) const;

 private:
  [[nodiscard]] std::string text_of(const Statement& statement) const;
  [[nodiscard]] Failure command(std::string_view name, std::string_view sql);
  [[nodiscard]] Failure begin(std::string_view own);

  Driver* driver_;
  const Options* options_;
  Loan loan_;
  bool lent_ = false;
  bool begun_ = false;    // our transaction or savepoint is open
  bool reading_ = false;  // in one that must not write
  bool transaction_lost_ = false;
  std::int64_t statements_ = 0;
  std::unordered_map<const Statement*, std::unique_ptr<HostCursor>> cursors_;
};

}  // namespace kameng::sql::host
