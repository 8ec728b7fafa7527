// goods.hpp - goods as the catalog's own decisions see them, and what visitors may see of them.
#pragma once

#include <optional>

#include <kameng/goods.hpp>

#include "catalog/goods_status.hpp"
#include "command/actor.hpp"
#include "sql/transaction.hpp"

namespace kameng::catalog {

// The goods with its SKUs: two statements. Nothing for an unknown id.
[[nodiscard]] std::optional<goods::View> find_view(sql::Transaction& tx, GoodsId id);

// The host and due work see drafts, withdrawn goods, suppliers and commissions; everybody else, the
// host on a customer's behalf included, sees the shop window.
[[nodiscard]] bool sees_everything(const command::Actor& actor) noexcept;
// The view as this actor may see it; nothing when it may not.
[[nodiscard]] std::optional<goods::View> shown_to(const command::Actor& actor, goods::View view);

[[nodiscard]] goods::Page list_page(sql::Transaction& tx, const command::Actor& actor,
                                    const goods::List& request);

[[nodiscard]] Error goods_not_found();

}  // namespace kameng::catalog
