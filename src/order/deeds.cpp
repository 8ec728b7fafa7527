#include "order/deeds.hpp"

#include "order/deeds_sql.hpp"

namespace kameng::order {

std::optional<Bought> find_bought(sql::Transaction& tx, OrderId id) {
  std::optional<Bought> bought;
  sql::Rows rows = tx.query(list_bought, id);
  while (rows.next()) {
    if (rows.is_null(0)) {
      return std::nullopt;
    }
    if (!bought) {
      bought = Bought{rows.id<AccountId>(0),
                      {rows.int64(1), Currency::parse(rows.text_view(2)).value_or(Currency{})},
                      {}};
    }
    bought->skus.push_back(rows.id<SkuId>(3));
  }
  return bought;
}

}  // namespace kameng::order
