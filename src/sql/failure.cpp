// failure.cpp - from a driver's fault to the Error that a caller sees: a declared reason, and never
// a server's message.
#include <algorithm>
#include <utility>

#include "sql/database.hpp"
#include "sql/driver.hpp"

namespace kameng::sql {

namespace {

struct Answer {
  Status status;
  std::string_view reason;
  std::string_view message;
  Retry retry;
};

Answer answer_for(Fault fault) {
  switch (fault) {
    case Fault::none:
      break;
    case Fault::busy:
      return {Status::unavailable, "storage.busy", "Another process holds the database.",
              Retry::same};
    case Fault::conflict:
      return {Status::aborted, "storage.conflict", "Lost a race with another transaction.",
              Retry::same};
    case Fault::unique:
    case Fault::check:
    case Fault::foreign_key:
      return {Status::internal, "storage.constraint",
              "The database refused what it must never hold.", Retry::never};
    case Fault::full:
      return {Status::unavailable, "storage.full", "There is no space left.", Retry::same};
    case Fault::read_only:
      return {Status::unavailable, "storage.read_only", "The database cannot be written.",
              Retry::same};
    case Fault::corrupt:
      return {Status::data_loss, "storage.corrupt", "Stored data cannot be read back.",
              Retry::never};
    case Fault::not_a_database:
      return {Status::incompatible, "storage.not_a_database", "The file is not a database.",
              Retry::never};
    case Fault::cannot_open:
      return {Status::unavailable, "storage.cannot_open", "The database cannot be opened.",
              Retry::same};
    case Fault::io:
    case Fault::lost:
      return {Status::unavailable, "storage.io", "The database could not be read or written.",
              Retry::same};
    case Fault::interrupted:
      return {Status::deadline_exceeded, "call.deadline", "The time for this call ran out.",
              Retry::same};
    case Fault::out_of_memory:
      return {Status::out_of_memory, "engine.out_of_memory", "Memory could not be had.",
              Retry::same};
    case Fault::misuse:
      break;
  }
  return {Status::internal, "storage.misuse", "The engine used its database wrongly.",
          Retry::never};
}

}  // namespace

Failure misuse_of(std::string_view statement, std::string_view hint) {
  Failure failure;
  failure.fault = Fault::misuse;
  failure.statement = statement;
  failure.hint = hint;
  return failure;
}

Failure check_savepoint(std::string_view name) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? Failure()
               : misuse_of("savepoint", "Its name must be lower-case letters, digits and _.");
}

Error to_error(const Failure& failure) {
  if (failure.fault == Fault::check && failure.constraint == "storage.moved") {
    Error moved{Status::unavailable, "storage.moved",
                "The shop moves, or has moved, to another database; this one is only read."};
    moved.retry = Retry::later;
    return moved;
  }
  const Answer answer = answer_for(failure.fault);
  Error error;
  error.status = answer.status;
  error.reason = answer.reason;
  error.message = answer.message;
  error.retry = answer.retry;
  if (!failure.hint.empty()) {
    error.message += " " + failure.hint;
  }
  if (!failure.statement.empty()) {
    error.details.emplace_back("statement", failure.statement);
  }
  if (!failure.constraint.empty()) {
    error.details.emplace_back("constraint", failure.constraint);
  }
  return error;
}

// Of a driver that copies nothing.
Result<void> Database::copy_to(const std::string& /*path*/, const Deadline& /*deadline*/) {
  return Error{Status::failed_precondition, "storage.copy_unsupported",
               "This database is copied by its own server's tool."};
}

}  // namespace kameng::sql
