// forget.hpp - what orders hold of a person besides what was bought: where they came from and how
// to reach them. The orders stay, under the pseudonym, for the statutory time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include <kameng/id.hpp>

#include "account/privacy.hpp"
#include "base/clock.hpp"
#include "keys/key_ring.hpp"
#include "sql/transaction.hpp"

namespace kameng::order {

inline constexpr std::array personal_columns{
    account::PersonalColumn{"order", "contact", "account_id", "delivery", "ring",
                            "three years (E-Commerce Law article 31)",
                            "privacy.erase, order.forget, system.run_due"},
    account::PersonalColumn{"order", "contact_blind", "account_id", "quota of unpaid orders",
                            "hash", "as contact", "as contact"},
    account::PersonalColumn{"order", "device_blind", "account_id", "quota of unpaid orders", "hash",
                            "as contact", "as contact"},
    account::PersonalColumn{"order", "network_blind", "account_id", "quota of unpaid orders",
                            "hash", "as contact", "as contact"},
};

// Whether an order of this account waits for money, codes or a refund.
[[nodiscard]] bool has_open_orders(sql::Transaction& tx, AccountId account);
// The contact that was given for an order, in clear. DATA_LOSS crypto.open_failed.
[[nodiscard]] Result<std::optional<std::string>> contact_of(sql::Transaction& tx,
                                                            const keys::KeyRing& keys,
                                                            const OrderId& id);

// Forgets the origin of up to `limit` orders of the account, from `after` on (an empty id: the
// first); where to go on, nothing when none is left.
[[nodiscard]] std::optional<OrderId> forget_origins(sql::Transaction& tx, AccountId account,
                                                    OrderId after, int limit);

// The same for everybody's orders that are older than what the law asks for, a slice at a time; how
// many were looked at. A chore of system.run_due.
inline constexpr std::int64_t origin_days = 3 * 366;
std::int64_t forget_old(sql::Transaction& tx, TimeMs now_ms, int limit);

}  // namespace kameng::order
