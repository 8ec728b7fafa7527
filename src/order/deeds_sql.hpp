// deeds_sql.hpp - the statement of what an order bought.
#pragma once

#include "sql/statement.hpp"

namespace kameng::order {

inline constexpr sql::Statement list_bought{
    "order.list_bought",
    "SELECT o.account_id, o.total, o.currency, l.sku_id FROM {p}order AS o"
    " JOIN {p}order_line AS l ON l.order_id = o.id WHERE o.id = ?"};

}  // namespace kameng::order
