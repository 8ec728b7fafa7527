// place_order.hpp - the decision to set codes aside and open an unpaid order.
#pragma once

#include <optional>
#include <vector>

#include "catalog/sku_facts.hpp"
#include "command/decision.hpp"
#include "order/begin_payment.hpp"
#include "order/effects.hpp"
#include "order/order_service.hpp"

namespace kameng::order {

// One requested line and everything known of it.
struct LineFacts {
  std::optional<catalog::SkuFacts> sku;
  std::vector<std::int64_t> codes;  // picked for it
  std::int64_t available = 0;       // in all; read only when other orders of this person are unpaid
};

struct PlaceFacts {
  std::vector<LineFacts> lines;
  bool customer_known = true;    // false: the account named is unknown or not active
  std::int64_t discount_bp = 0;  // of the customer's tier
  std::optional<std::int64_t> tier_unpaid_per_account;  // of the tier, if it has one of its own
  std::int64_t unpaid_account = 0;
  std::int64_t unpaid_contact = 0;
  std::int64_t unpaid_device = 0;
  std::int64_t unpaid_network = 0;
  WalletFacts wallet;

  // Orders of this very person; a network is shared by many.
  [[nodiscard]] bool has_unpaid() const {
    return unpaid_account + unpaid_contact + unpaid_device > 0;
  }
};

// What was drawn and made before the phase.
struct PlaceDraft {
  OrderId order_id;
  std::optional<AccountId> account_id = {};
  std::optional<Bytes> lookup_hash = {};  // of a guest's secret
  std::optional<PaymentChoice> payment = {};
};

struct PlacePlan : Effects {
  Order order_row;
  std::vector<Claim> holds;  // the codes set aside
  Placed placed;
};

// Pure. Reasons: sku.not_found, goods.not_for_sale, order.sku_twice, stock.sold_out,
// order.too_many_unpaid, order.stock_share, quote.*, account.not_found, and those of
// pay_from_wallet.
[[nodiscard]] command::Decision<PlacePlan> decide(const PlaceFacts& facts, const Place& request,
                                                  const PlaceDraft& draft, const Config& config,
                                                  TimeMs now_ms, IdPool& ids);

}  // namespace kameng::order
