// permission.hpp - what an operation asks of its caller. Checked in one place, at dispatch, for
// every door.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kameng {

enum class Permission : std::uint8_t {
  anyone,          // visitors too: browse, register, sign in, guest orders, notices
  own_account,     // a customer's own things, or the host on the customer's behalf
  catalog_manage,  // categories, goods, prices
  stock_manage,    // codes and their import
  order_read,      // everybody's orders
  account_read,    // everybody's accounts, contacts masked
  account_manage,  // freezing, closing, tiers, import of accounts
  personal_read,   // contacts in clear
  role_manage,     // who is staff
  money_read,      // the trial balance
  money_manage,    // wallets
  audit_read,      // the audit log, events
  system_operate,  // due work, outgoing calls, verification, the clock, the sandbox
};
inline constexpr std::array<Permission, 13> all_permissions{
    Permission::anyone,         Permission::own_account,   Permission::catalog_manage,
    Permission::stock_manage,   Permission::order_read,    Permission::account_read,
    Permission::account_manage, Permission::personal_read, Permission::role_manage,
    Permission::money_read,     Permission::money_manage,  Permission::audit_read,
    Permission::system_operate,
};

[[nodiscard]] constexpr std::uint32_t permission_bit(Permission permission) noexcept {
  return std::uint32_t{1} << static_cast<unsigned>(permission);
}

[[nodiscard]] std::string_view permission_name(Permission permission) noexcept;

}  // namespace kameng
