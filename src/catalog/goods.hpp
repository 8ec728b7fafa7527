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

// Who works on goods sees drafts, withdrawn goods, suppliers and commissions; a supplier's people
// those of its own goods; everybody else, the host on a customer's behalf included, sees the shop
// window.
[[nodiscard]] bool sees_inside(const command::Actor& actor,
                               const std::optional<std::string>& supplier_id);
// The view as this actor may see it; nothing when it may not.
[[nodiscard]] std::optional<goods::View> shown_to(const command::Actor& actor, goods::View view);
// The goods, if they are in the scope (Actor::scope); somebody else's are unknown.
[[nodiscard]] std::optional<goods::View> find_in_scope(sql::Transaction& tx, GoodsId id,
                                                       const std::optional<std::string>& scope);

// INVALID_ARGUMENT goods.filter; PERMISSION_DENIED call.forbidden for another's supplier_id.
[[nodiscard]] Result<goods::Page> list_page(sql::Transaction& tx, const command::Actor& actor,
                                            const goods::List& request);

[[nodiscard]] Error goods_not_found();

}  // namespace kameng::catalog
