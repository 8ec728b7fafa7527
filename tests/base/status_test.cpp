// status_test.cpp - the numbers and names that other languages rely on.
#include <set>

#include <doctest/doctest.h>

#include <kameng/permission.hpp>
#include <kameng/result.hpp>
#include <kameng/status.hpp>

namespace kameng {

TEST_SUITE("base") {
  // Goal: the wire names and HTTP numbers of a status never drift from the published table.
  // Method: literal expectations for a few rows, and a value outside of the table.
  TEST_CASE("a status has its name and HTTP number") {
    CHECK(status_name(Status::ok) == "OK");
    CHECK(status_http(Status::ok) == 200);
    CHECK(status_name(Status::resource_exhausted) == "RESOURCE_EXHAUSTED");
    CHECK(status_http(Status::resource_exhausted) == 429);
    CHECK(static_cast<int>(Status::out_of_memory) == 16);
    CHECK(status_http(Status::out_of_memory) == 503);
    CHECK(status_name(static_cast<Status>(99)) == "UNKNOWN");
    CHECK(status_http(static_cast<Status>(99)) == 500);
  }

  // Goal: advice and permissions print as the words the documents use.
  // Method: each enumerator once; permissions must differ from each other.
  TEST_CASE("retry advice and permissions have names") {
    CHECK(retry_name(Retry::never) == "never");
    CHECK(retry_name(Retry::same) == "same");
    CHECK(retry_name(Retry::later) == "later");
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Permission::system_operate); ++i) {
      names.insert(permission_name(static_cast<Permission>(i)));
    }
    CHECK(names.size() == static_cast<std::size_t>(Permission::system_operate) + 1);
    CHECK(names.count("unknown") == 0);
  }

  // Goal: the first failure leaves a function with its error and a value passes through.
  // Method: one function with both macros, called on both paths.
  TEST_CASE("try and check leave with the error or go on with the value") {
    const auto half = [](int number) -> Result<int> {
      if (number % 2 != 0) {
        return Error{Status::invalid_argument, "number.odd", "It is odd."};
      }
      return number / 2;
    };
    const auto quarter = [&half](int number) -> Result<int> {
      KAMENG_CHECK(half(number));
      KAMENG_TRY(const int first, half(number));
      KAMENG_TRY(const int second, half(first));
      return second;
    };
    CHECK(quarter(8).value() == 2);
    CHECK(quarter(7).error().reason == "number.odd");
    CHECK(quarter(6).error().reason == "number.odd");
  }
}

}  // namespace kameng
