// transaction.cpp - statements that stop at the first failure.
#include "sql/transaction.hpp"

#include <algorithm>
#include <utility>

namespace kameng::sql {

bool Rows::next() {
  if (cursor_ == nullptr) {
    return false;
  }
  if (!*failure_ && step()) {
    return true;
  }
  finish();
  return false;
}

bool Rows::step() {
  if (times_ == nullptr) {
    return cursor_->step(*failure_);
  }
  const auto from = std::chrono::steady_clock::now();
  const bool has_row = cursor_->step(*failure_);
  spent_ += std::chrono::steady_clock::now() - from;
  return has_row;
}

void Rows::finish() {
  if (cursor_ == nullptr) {
    return;
  }
  if (times_ != nullptr) {
    times_->note(cursor_->name(), spent_);
  }
  std::exchange(cursor_, nullptr)->reset(*failure_);
}

std::optional<std::int64_t> Rows::maybe_int64(int column) const {
  return is_null(column) ? std::nullopt : std::optional<std::int64_t>(int64(column));
}

std::optional<std::string> Rows::maybe_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional<std::string>(text(column));
}

std::optional<Bytes> Rows::maybe_blob(int column) const {
  return is_null(column) ? std::nullopt : std::optional<Bytes>(blob(column));
}

void Rows::read_id(int column, IdBytes& bytes) const {
  const ByteView view = blob_view(column);
  if (view.size() == bytes.size()) {
    std::copy(view.begin(), view.end(), bytes.begin());
  } else if (cursor_ != nullptr && !*failure_) {
    failure_->fault = Fault::corrupt;
    failure_->statement = cursor_->name();
  }
}

void Transaction::settle() {
  if (!failed()) {
    failure_ = connection_->flush();
  }
}

void Transaction::fail(Failure failure) {
  if (!failed()) {
    failure_ = std::move(failure);
  }
}

Rows Transaction::start(const Statement& statement, std::span<const Value> values) {
  if (failed()) {
    return {nullptr, failure_};
  }
  StatementTimes* times = connection_->times();
  const auto from =
      times != nullptr ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
  Cursor* cursor = connection_->prepare(statement, failure_);
  if (cursor == nullptr) {
    return {nullptr, failure_};
  }
  if (!cursor->bind(values, Binding::copied, failure_)) {
    cursor->reset(failure_);
    return {nullptr, failure_};
  }
  if (cursor->writes()) {
    ++writes_;
  }
  return {cursor, failure_, times,
          times != nullptr ? std::chrono::steady_clock::now() - from : StatementTimes::Duration()};
}

void Transaction::write(const Statement& statement, std::span<const Value> values,
                        std::int64_t expected) {
  if (failed()) {
    return;
  }
  const Timed timed(connection_->times(), statement.name);
  if (connection_->write(statement, values, expected, failure_)) {
    ++writes_;
  }
}

std::int64_t Transaction::write_now(const Statement& statement, std::span<const Value> values) {
  if (failed()) {
    return 0;
  }
  const Timed timed(connection_->times(), statement.name);
  const std::int64_t changed = connection_->write_now(statement, values, failure_);
  if (!failed()) {
    ++writes_;
  }
  return failed() ? 0 : changed;
}

}  // namespace kameng::sql
