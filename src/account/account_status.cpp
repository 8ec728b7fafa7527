// account_status.cpp - reading the state of an account.
#include "account/account_status.hpp"

#include "account/account_sql.hpp"

namespace kameng::account {

sql::Asked<std::optional<CustomerFacts>> ask_customer(sql::Transaction& tx, AccountId id) {
  return {
      tx.query(find_status, id), [id](sql::Rows& rows) -> std::optional<CustomerFacts> {
        if (!rows.next()) {
          return std::nullopt;
        }
        return CustomerFacts{id, parse_account_status(rows.text_view(0)) == AccountStatus::active};
      }};
}

std::optional<CustomerFacts> find_customer(sql::Transaction& tx, AccountId id) {
  return ask_customer(tx, id).answer();
}

}  // namespace kameng::account
