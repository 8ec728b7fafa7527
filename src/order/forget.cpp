#include "order/forget.hpp"

#include <vector>

#include "order/forget_sql.hpp"

namespace kameng::order {

bool has_open_orders(sql::Transaction& tx, AccountId account) {
  sql::Rows rows = tx.query(open_order_of_account, account);
  return rows.next();
}

Result<std::optional<std::string>> contact_of(sql::Transaction& tx, const keys::KeyRing& keys,
                                              const OrderId& id) {
  std::optional<Bytes> sealed;
  {
    sql::Rows rows = tx.query(find_contact, id);
    if (!rows.next() || rows.is_null(0)) {
      return std::optional<std::string>();
    }
    sealed = rows.blob(0);
  }
  KAMENG_TRY(const SecretText plain, keys.open_person(*sealed, id.bytes));
  return std::optional<std::string>(std::string(plain.view()));
}

std::optional<OrderId> forget_origins(sql::Transaction& tx, AccountId account, OrderId after,
                                      int limit) {
  std::vector<OrderId> ids;
  {
    sql::Rows rows = tx.query(list_orders_after, account, after, limit);
    while (rows.next()) {
      ids.push_back(rows.id<OrderId>(0));
    }
  }
  for (const OrderId& id : ids) {
    tx.run(forget_origin, id);
  }
  return std::ssize(ids) < limit ? std::nullopt : std::optional<OrderId>(ids.back());
}

}  // namespace kameng::order
