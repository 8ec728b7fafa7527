// account_status.cpp - reading the state of an account.
#include "account/account_status.hpp"

#include "account/account_sql.hpp"

namespace kameng::account {

sql::Asked<std::optional<CustomerFacts>> ask_customer(sql::Transaction& tx, AccountId id) {
  return {tx.query(find_status, id), [id](sql::Rows& rows) -> std::optional<CustomerFacts> {
            if (!rows.next()) {
              return std::nullopt;
            }
            const AccountStatus status = parse_account_status(rows.text_view(0));
            return CustomerFacts{id, status == AccountStatus::active && rows.is_null(1),
                                 rows.maybe_text(2), rows.maybe_int64(3)};
          }};
}

std::optional<CustomerFacts> find_customer(sql::Transaction& tx, AccountId id) {
  return ask_customer(tx, id).answer();
}

}  // namespace kameng::account
