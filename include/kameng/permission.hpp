// permission.hpp - what an operation asks of its caller. Checked in one place, at dispatch, for
// every door.
#pragma once

#include <cstdint>
#include <string_view>

namespace kameng {

enum class Permission : std::uint8_t {
  anyone,          // visitors too: browse, register, sign in, guest orders, notices
  own_account,     // a customer's own things, or the host on the customer's behalf
  catalog_manage,  // categories, goods, prices
  stock_manage,    // codes and their import
  money_manage,    // wallets, the trial balance
  audit_read,      // the audit log, events
  system_operate,  // due work, outgoing calls, verification, the clock, the sandbox
};

[[nodiscard]] std::string_view permission_name(Permission permission) noexcept;

}  // namespace kameng
