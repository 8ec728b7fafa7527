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

std::int64_t Transaction::finish(const Statement& statement, std::span<const Value> values) {
  if (failed()) {
    return 0;
  }
  Cursor* cursor = connection_->prepare(statement, failure_);
  if (cursor == nullptr) {
    return 0;
  }
  const bool writes = cursor->writes();
  if (cursor->bind(values, Binding::borrowed, failure_)) {
    while (cursor->step(failure_)) {
      // Rows that a RETURNING gives are passed over.
    }
  }
  const std::int64_t changed = !failed() && writes ? connection_->changes() : 0;
  cursor->reset(failure_);
  if (!failed() && writes) {
    ++writes_;
  }
  return failed() ? 0 : changed;
}

void Transaction::expect(std::int64_t expected, std::int64_t changed, const Statement& statement) {
  if (!failed() && changed != expected) {
    failure_.fault = Fault::conflict;
    failure_.statement = statement.name;
  }
}

}  // namespace kameng::sql
