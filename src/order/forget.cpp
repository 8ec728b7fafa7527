#include "order/forget.hpp"

#include <algorithm>
#include <vector>

#include "order/forget_sql.hpp"
#include "queue/mark.hpp"

namespace kameng::order {
namespace {

std::vector<OrderId> orders_between(sql::Transaction& tx, const OrderId& after, const OrderId& end,
                                    int limit) {
  std::vector<OrderId> ids;
  sql::Rows rows = tx.query(list_orders_between, after, end, limit);
  while (rows.next()) {
    ids.push_back(rows.id<OrderId>(0));
  }
  return ids;
}

}  // namespace

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

std::int64_t forget_old(sql::Transaction& tx, TimeMs now_ms, int limit) {
  constexpr std::string_view mark_name = "order.forget";
  constexpr std::int64_t day_ms = 24LL * 60 * 60 * 1000;
  constexpr std::array<std::uint8_t, 10> nothing{};
  const OrderId end{make_id_bytes(std::max<TimeMs>(0, now_ms - origin_days * day_ms), nothing)};
  if (orders_between(tx, OrderId{}, end, 1).empty()) {
    return 0;  // a shop that is younger
  }
  const Bytes mark = queue::take_mark(tx, mark_name);
  OrderId after;
  if (mark.size() == after.bytes.size()) {
    std::copy(mark.begin(), mark.end(), after.bytes.begin());
  }
  const std::vector<OrderId> ids = orders_between(tx, after, end, limit);
  for (const OrderId& id : ids) {
    tx.run(forget_origin, id);
  }
  if (!ids.empty()) {
    queue::set_mark(tx, mark_name, Bytes(ids.back().bytes.begin(), ids.back().bytes.end()));
  }
  return std::ssize(ids);
}

}  // namespace kameng::order
