// account_status.cpp - reading the state of an account.
#include "account/account_status.hpp"

#include "account/account_sql.hpp"

namespace kameng::account {

std::optional<CustomerFacts> find_customer(sql::Transaction& tx, AccountId id) {
  sql::Rows rows = tx.query(find_status, id);
  if (!rows.next()) {
    return std::nullopt;
  }
  return CustomerFacts{id, parse_account_status(rows.text_view(0)) == AccountStatus::active};
}

}  // namespace kameng::account
