// transaction.cpp - statements that stop at the first failure.
#include "sql/transaction.hpp"

#include <algorithm>
#include <utility>

namespace kameng::sql {

bool Rows::next() {
  if (cursor_ == nullptr) {
    return false;
  }
  if (!*failure_ && cursor_->step(*failure_)) {
    return true;
  }
  finish();
  return false;
}

void Rows::finish() {
  if (cursor_ != nullptr) {
    std::exchange(cursor_, nullptr)->reset(*failure_);
  }
}

std::optional<std::int64_t> Rows::maybe_int64(int column) const {
  return is_null(column) ? std::nullopt : std::optional<std::int64_t>(int64(column));
}

std::optional<std::string> Rows::maybe_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional<std::string>(text(column));
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

void Transaction::fail(Failure failure) {
  if (!failed()) {
    failure_ = std::move(failure);
  }
}

Rows Transaction::start(const Statement& statement, std::span<const Value> values) {
  if (failed()) {
    return {nullptr, failure_};
  }
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
  return {cursor, failure_};
}

void Transaction::write(const Statement& statement, std::span<const Value> values,
                        std::int64_t expected) {
  if (!failed() && connection_->write(statement, values, expected, failure_)) {
    ++writes_;
  }
}

std::int64_t Transaction::write_now(const Statement& statement, std::span<const Value> values) {
  if (failed()) {
    return 0;
  }
  const std::int64_t changed = connection_->write_now(statement, values, failure_);
  if (!failed()) {
    ++writes_;
  }
  return failed() ? 0 : changed;
}

}  // namespace kameng::sql
