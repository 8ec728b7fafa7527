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
