// permission.cpp - the names of permissions, as documents and pages print them.
#include <kameng/permission.hpp>

namespace kameng {

std::string_view permission_name(Permission permission) noexcept {
  switch (permission) {
    case Permission::anyone:
      return "anyone";
    case Permission::own_account:
      return "own_account";
    case Permission::catalog_manage:
      return "catalog_manage";
    case Permission::stock_manage:
      return "stock_manage";
    case Permission::order_read:
      return "order_read";
    case Permission::account_read:
      return "account_read";
    case Permission::account_manage:
      return "account_manage";
    case Permission::personal_read:
      return "personal_read";
    case Permission::role_manage:
      return "role_manage";
    case Permission::money_read:
      return "money_read";
    case Permission::money_manage:
      return "money_manage";
    case Permission::audit_read:
      return "audit_read";
    case Permission::system_operate:
      return "system_operate";
  }
  return "unknown";
}

}  // namespace kameng
