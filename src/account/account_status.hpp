// account_status.hpp - whether a person may act, and what other folders may know of an account.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/id.hpp>

#include "base/clock.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

enum class AccountStatus : std::uint8_t { active, frozen };

[[nodiscard]] constexpr std::string_view account_status_name(AccountStatus status) noexcept {
  return status == AccountStatus::active ? "active" : "frozen";
}
// Anything but "active" is frozen: a status this release does not know lets nobody in.
[[nodiscard]] constexpr AccountStatus parse_account_status(std::string_view name) noexcept {
  return name == "active" ? AccountStatus::active : AccountStatus::frozen;
}

// What an order looks at.
struct CustomerFacts {
  AccountId id;
  bool active = false;  // neither frozen nor closed
  std::optional<std::string> tier = {};
  std::optional<TimeMs> tier_until_ms = {};
};

// Nothing for an unknown account.
[[nodiscard]] sql::Asked<std::optional<CustomerFacts>> ask_customer(sql::Transaction& tx,
                                                                    AccountId id);
[[nodiscard]] std::optional<CustomerFacts> find_customer(sql::Transaction& tx, AccountId id);

}  // namespace kameng::account
