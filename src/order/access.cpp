#include "order/access.hpp"

#include "base/secret.hpp"

namespace kameng::order {

bool may_see(const command::Actor& actor, const keys::KeyRing& keys, const Order& order,
             const std::optional<std::string>& lookup_secret) {
  using command::ActorKind;
  if (actor.kind == ActorKind::host || actor.kind == ActorKind::system) {
    return true;
  }
  if (order.account_id) {
    return actor.account_id == order.account_id;
  }
  if (!lookup_secret || !order.lookup_hash) {
    return false;
  }
  return equal_constant_time(keys.hash_of_secret(*lookup_secret), *order.lookup_hash);
}

bool may_look(const command::Actor& actor, const keys::KeyRing& keys, const Order& order,
              const std::optional<std::string>& lookup_secret) {
  return actor.acts_for_shop(Permission::order_read) || may_see(actor, keys, order, lookup_secret);
}

Result<Order> find_visible(sql::Transaction& tx, const command::Actor& actor,
                           const keys::KeyRing& keys, const OrderId& id,
                           const std::optional<std::string>& lookup_secret) {
  std::optional<Order> order = find(tx, id);
  if (!order || !may_see(actor, keys, *order, lookup_secret)) {
    return order_not_found();
  }
  return std::move(*order);
}

Result<Order> find_to_look(sql::Transaction& tx, const command::Actor& actor,
                           const keys::KeyRing& keys, const OrderId& id,
                           const std::optional<std::string>& lookup_secret) {
  std::optional<Order> order = find(tx, id);
  if (!order || !may_look(actor, keys, *order, lookup_secret)) {
    return order_not_found();
  }
  return std::move(*order);
}

}  // namespace kameng::order
