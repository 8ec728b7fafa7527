// account_row.hpp - an account as its table keeps it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/role.hpp>

#include "account/account_status.hpp"
#include "account/person.hpp"
#include "base/clock.hpp"
#include "command/command.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// What a person wants to be told besides what concerns their security, which cannot be refused.
// Bits, as in the table.
struct Messages {
  static constexpr std::int64_t orders = 1;
  static constexpr std::int64_t marketing = 2;  // only who asked for it (PIPL article 24)
};

// The person is sealed still; to open it is nothing for a transaction.
struct AccountRow {
  AccountId id;
  AccountStatus status = AccountStatus::frozen;
  std::optional<TimeMs> closed_at_ms;
  Roles roles;
  SealedPerson person;  // no key: erased, what is left is a pseudonym
  std::optional<std::string> locale;
  std::int64_t messages = Messages::orders;
  TimeMs created_at_ms = 0;
  std::optional<TimeMs> email_verified_at_ms;
  std::optional<TimeMs> phone_verified_at_ms;
  std::optional<std::string> tier;  // as it was given; it may be over
  std::optional<TimeMs> tier_until_ms;
  std::optional<std::string> supplier_id;

  [[nodiscard]] bool is_erased() const { return person.person_key.empty(); }
};

// Not in a phase: what is sealed under a person's key has to be sealed before it. NOT_FOUND
// account.not_found, also of an erased account.
[[nodiscard]] Result<AccountRow> find_person(command::Command& command, AccountId id);
[[nodiscard]] Error account_not_found();

[[nodiscard]] std::optional<AccountRow> find_row(sql::Transaction& tx, AccountId id);
// Up to `limit` of those that are older than `before`, the newest first.
[[nodiscard]] std::vector<AccountRow> rows_before(sql::Transaction& tx, AccountId before,
                                                  int limit);

}  // namespace kameng::account
