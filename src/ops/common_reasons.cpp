#include "ops/common_reasons.hpp"

#include <algorithm>
#include <string>

namespace kameng::ops {

const std::vector<Reason>& common_reasons() {
  using enum Status;
  static const std::vector<Reason> reasons{
      // Documents and fields (json).
      {"document.malformed", invalid_argument, Retry::never},
      {"document.too_large", invalid_argument, Retry::never},
      {"document.too_deep", invalid_argument, Retry::never},
      {"document.duplicate_key", invalid_argument, Retry::never},
      {"document.unreadable", data_loss, Retry::never},
      {"number.out_of_range", invalid_argument, Retry::never},
      {"number.not_integer", invalid_argument, Retry::never},
      {"field.missing", invalid_argument, Retry::never},
      {"field.unknown", invalid_argument, Retry::never},
      {"field.type", invalid_argument, Retry::never},
      {"field.range", invalid_argument, Retry::never},
      {"field.length", invalid_argument, Retry::never},
      {"field.count", invalid_argument, Retry::never},
      {"field.not_one_of", invalid_argument, Retry::never},
      {"text.malformed", invalid_argument, Retry::never},
      {"header.malformed", invalid_argument, Retry::never},
      {"id.malformed", invalid_argument, Retry::never},
      {"currency.unknown", invalid_argument, Retry::never},
      // Who calls (dispatch).
      {"operation.unknown", unimplemented, Retry::never},
      {"context.conflict", invalid_argument, Retry::never},
      {"context.account_not_yours", permission_denied, Retry::never},
      {"session.invalid", unauthenticated, Retry::never},
      {"account.frozen", permission_denied, Retry::never},
      {"signature.invalid", unauthenticated, Retry::never},
      {"signature.stale", unauthenticated, Retry::never},
      {"signature.replayed", unauthenticated, Retry::never},
      {"call.unauthenticated", unauthenticated, Retry::never},
      {"call.forbidden", permission_denied, Retry::never},
      {"factor.required", permission_denied, Retry::never},
      {"proof.required", permission_denied, Retry::never},
      {"context.ip_malformed", invalid_argument, Retry::never},
      {"call.deadline", deadline_exceeded, Retry::same},
      {"limit.exceeded", resource_exhausted, Retry::later},
      {"limit.unavailable", unavailable, Retry::later},
      // The key of a write (command).
      {"idempotency.mismatch", failed_precondition, Retry::never},
      {"idempotency.in_progress", aborted, Retry::same},
      // Storage (sql).
      {"storage.busy", unavailable, Retry::same},
      {"storage.full", unavailable, Retry::same},
      {"storage.read_only", unavailable, Retry::same},
      {"storage.io", unavailable, Retry::same},
      {"storage.corrupt", data_loss, Retry::never},
      {"storage.constraint", internal, Retry::never},
      {"storage.moved", unavailable, Retry::later},
      // A host's own connection (sql/host).
      {"storage.joined_transaction", failed_precondition, Retry::never},
      {"storage.transaction_lost", aborted, Retry::same},
      {"storage.transaction_open", misuse, Retry::never},
      {"engine.exception", internal, Retry::never},
      {"engine.nested_call", misuse, Retry::never},
      {"engine.used_after_fork", misuse, Retry::never},
      {"engine.out_of_memory", out_of_memory, Retry::same},
      {"engine.undeclared_reason", internal, Retry::never},
  };
  return reasons;
}

bool is_declared(const Operation& operation, const Error& error) {
  const auto same = [&](const Reason& reason) {
    return reason.reason == error.reason && reason.status == error.status;
  };
  return std::any_of(operation.reasons().begin(), operation.reasons().end(), same) ||
         std::any_of(common_reasons().begin(), common_reasons().end(), same) ||
         error.status == Status::internal || error.reason.starts_with("storage.");
}

Error undeclared(const Operation& operation, const Error& error) {
  return Error{Status::internal, "engine.undeclared_reason",
               "The operation ended with a reason it does not declare; please report it."}
      .detail("operation", operation.name())
      .detail("reason", error.reason);
}

Error unknown_operation(std::string_view name) {
  return {Status::unimplemented, "operation.unknown",
          "This library has no operation named `" + std::string(name.substr(0, 64)) +
              "`; kameng_describe lists them."};
}

}  // namespace kameng::ops
