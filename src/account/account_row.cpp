#include "account/account_row.hpp"

#include "account/account_sql.hpp"

namespace kameng::account {
namespace {

AccountRow read_row(const sql::Rows& rows) {
  AccountRow row;
  row.id = rows.id<AccountId>(0);
  row.status = parse_account_status(rows.text_view(1));
  row.closed_at_ms = rows.maybe_int64(2);
  row.roles = Roles(rows.int64(3));
  row.person.person_key = rows.blob(4);
  row.person.email = rows.maybe_blob(5);
  row.person.phone = rows.maybe_blob(6);
  row.person.display_name = rows.maybe_blob(7);
  row.locale = rows.maybe_text(8);
  row.messages = rows.int64(9);
  row.created_at_ms = rows.int64(10);
  row.email_verified_at_ms = rows.maybe_int64(11);
  row.phone_verified_at_ms = rows.maybe_int64(12);
  row.tier = rows.maybe_text(13);
  row.tier_until_ms = rows.maybe_int64(14);
  row.supplier_id = rows.maybe_text(15);
  return row;
}

}  // namespace

std::optional<AccountRow> find_row(sql::Transaction& tx, AccountId id) {
  sql::Rows rows = tx.query(find_account, id);
  return rows.next() ? std::optional<AccountRow>(read_row(rows)) : std::nullopt;
}

Error account_not_found() {
  return {Status::not_found, "account.not_found", "There is no such account."};
}

Result<AccountRow> find_person(command::Command& command, AccountId id) {
  std::optional<AccountRow> row;
  KAMENG_CHECK(command.environment().database.read(command.deadline(),
                                                   [&](sql::Transaction& tx) -> Result<void> {
                                                     row = find_row(tx, id);
                                                     return {};
                                                   }));
  if (!row || row->is_erased()) {
    return account_not_found();
  }
  return std::move(*row);
}

std::vector<AccountRow> rows_before(sql::Transaction& tx, AccountId before, int limit) {
  std::vector<AccountRow> found;
  sql::Rows rows = tx.query(list_accounts, before, limit);
  while (rows.next()) {
    found.push_back(read_row(rows));
  }
  return found;
}

}  // namespace kameng::account
