// operation.hpp - one operation: what is declared of it, and how it runs for documents and for
// plain structs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kameng/permission.hpp>

#include "command/command.hpp"
#include "json/fields.hpp"
#include "limit/rate.hpp"

namespace kameng::ops {

enum class Stability : std::uint8_t { unstable, stable, deprecated };

struct Reason {
  std::string_view reason;
  Status status;
  Retry retry;
};

// Everything that is declared of an operation, once.
class Operation {
 public:
  explicit Operation(std::string_view name, bool writes) : name_(name), writes_(writes) {}
  virtual ~Operation() = default;

  Operation& summary(std::string_view text) {
    summary_ = text;
    return *this;
  }
  Operation& needs(Permission permission) {
    permission_ = permission;
    return *this;
  }
  // The person has to have proved to be there in the last ten minutes; what an API key signs is no
  // such proof.
  Operation& needs_fresh_proof() {
    fresh_proof_ = true;
    return *this;
  }
  // A supplier's people may call it too; its handler keeps them to what is theirs (Actor::scope).
  Operation& for_suppliers() {
    for_suppliers_ = true;
    return *this;
  }
  Operation& since(int release, Stability stability) {
    since_ = release;
    stability_ = stability;
    return *this;
  }
  Operation& answers_secret() {
    answers_secret_ = true;
    return *this;
  }
  // Its answer makes somebody act, or it does more than its transaction holds (a call to send, a
  // signed head, a position to go on from), so it is not for a transaction that the host may still
  // roll back.
  Operation& acts_outside() {
    acts_outside_ = true;
    return *this;
  }
  // In the host's transaction it refuses by itself those requests whose answer would hold a secret
  // or a call (command::refuse_joined()), and serves the others.
  Operation& joins_in_part() {
    joins_in_part_ = true;
    return *this;
  }
  Operation& fails(std::string_view reason, Status status, Retry retry = Retry::never) {
    reasons_.push_back({reason, status, retry});
    return *this;
  }

  // A stricter rate than that of its callers, for each address and each account.
  Operation& limited_to(limit::Rate rate) {
    rate_ = rate;
    return *this;
  }
  // Its callers are a few addresses that speak for everybody, and what they bring is signed: no
  // limit by address.
  Operation& from_anywhere() {
    from_anywhere_ = true;
    return *this;
  }

  // Of an operation that reads: runs before its transaction, in its own.
  Operation& first(Result<void> (*work)(const command::Call&)) {
    first_ = work;
    return *this;
  }

  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] bool writes() const { return writes_; }
  [[nodiscard]] std::string_view summary() const { return summary_; }
  [[nodiscard]] Permission permission() const { return permission_; }
  [[nodiscard]] bool has_fresh_proof() const { return fresh_proof_; }
  [[nodiscard]] bool is_for_suppliers() const { return for_suppliers_; }
  [[nodiscard]] int since() const { return since_; }
  [[nodiscard]] Stability stability() const { return stability_; }
  [[nodiscard]] bool has_secret_answer() const { return answers_secret_; }
  // Whether it may run in a transaction that the host has open on its own connection.
  [[nodiscard]] bool may_join() const {
    return joins_in_part_ || (!answers_secret_ && !acts_outside_);
  }
  [[nodiscard]] const limit::Rate& rate() const { return rate_; }
  [[nodiscard]] bool is_limited_by_address() const { return !from_anywhere_; }
  [[nodiscard]] const std::vector<Reason>& reasons() const { return reasons_; }

  // The document door: reads the request, runs, prints the answer.
  [[nodiscard]] virtual Result<std::string> run_document(const command::Call& call,
                                                         const json::Value& request) const = 0;
  // The C++ door: `request` and `answer` are of the declared types.
  [[nodiscard]] virtual Result<void> run_struct(const command::Call& call, const void* request,
                                                void* answer) const = 0;
  virtual void describe_request(json::Writer& writer) const = 0;
  virtual void describe_answer(json::Writer& writer) const = 0;

 protected:
  [[nodiscard]] Result<void> run_first(const command::Call& call) const {
    return first_ != nullptr ? first_(call) : Result<void>();
  }

 private:
  std::string_view name_;
  bool writes_;
  std::string_view summary_;
  Permission permission_ = Permission::system_operate;
  bool fresh_proof_ = false;
  bool for_suppliers_ = false;
  int since_ = 1;
  Stability stability_ = Stability::unstable;
  bool answers_secret_ = false;
  Result<void> (*first_)(const command::Call&) = nullptr;
  bool acts_outside_ = false;
  bool joins_in_part_ = false;
  bool from_anywhere_ = false;
  limit::Rate rate_ = {};
  std::vector<Reason> reasons_;
};

}  // namespace kameng::ops
