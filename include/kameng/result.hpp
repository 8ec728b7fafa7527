// result.hpp - a value or an Error. The engine throws nothing across its interfaces.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <kameng/status.hpp>

namespace kameng {

// Why a call did not do what was asked. Programs branch on `status` and `reason`; `message` is for
// people and never holds a code, key, password or token.
struct Error {
  Status status = Status::internal;
  std::string reason;  // "stock.sold_out": stable, declared by the operation
  std::string message;
  std::string field = {};  // path into the request: "lines[2].quantity"
  Retry retry = Retry::never;
  std::vector<std::pair<std::string, std::string>> details = {};  // keys are declared per reason

  Error&& at(std::string_view path) && {
    field = path;
    return std::move(*this);
  }
  Error&& with(Retry advice) && {
    retry = advice;
    return std::move(*this);
  }
  Error&& detail(std::string_view key, std::string_view value) && {
    details.emplace_back(key, value);
    return std::move(*this);
  }
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() & { return *std::get_if<0>(&state_); }
  [[nodiscard]] const T& value() const& { return *std::get_if<0>(&state_); }
  [[nodiscard]] T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] T* operator->() { return std::get_if<0>(&state_); }
  [[nodiscard]] const T* operator->() const { return std::get_if<0>(&state_); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }

  [[nodiscard]] const Error& error() const& { return *std::get_if<1>(&state_); }
  [[nodiscard]] Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }
  [[nodiscard]] const Error& error() const& { return error_; }
  [[nodiscard]] Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool ok_ = true;
};

#define KAMENG_JOIN_(a, b) a##b
#define KAMENG_JOIN(a, b) KAMENG_JOIN_(a, b)

// KAMENG_TRY(const Order order, find(id));  leaves the function with the error, or goes on with the
// value.
#define KAMENG_TRY(declaration, expression)                   \
  auto KAMENG_JOIN(result_, __LINE__) = (expression);         \
  if (!KAMENG_JOIN(result_, __LINE__).ok()) {                 \
    return std::move(KAMENG_JOIN(result_, __LINE__)).error(); \
  }                                                           \
  declaration = std::move(KAMENG_JOIN(result_, __LINE__)).value()

// KAMENG_CHECK(write(x));  leaves the function with the error, or goes on.
#define KAMENG_CHECK(expression)                        \
  do {                                                  \
    if (auto outcome_ = (expression); !outcome_.ok()) { \
      return std::move(outcome_).error();               \
    }                                                   \
  } while (false)

}  // namespace kameng
