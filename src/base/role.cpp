// role.cpp - the names of roles, as documents print them.
#include <kameng/role.hpp>

namespace kameng {

std::string_view role_name(Role role) noexcept {
  switch (role) {
    case Role::owner:
      return "owner";
    case Role::catalogue:
      return "catalogue";
    case Role::finance:
      return "finance";
    case Role::risk:
      return "risk";
    case Role::support:
      return "support";
    case Role::auditor:
      return "auditor";
    case Role::supplier:
      return "supplier";
    case Role::supplier_staff:
      return "supplier_staff";
    case Role::reseller:
      return "reseller";
  }
  return "unknown";
}

std::optional<Role> parse_role(std::string_view name) noexcept {
  for (const Role role : all_roles) {
    if (role_name(role) == name) {
      return role;
    }
  }
  return std::nullopt;
}

std::vector<std::string> role_names(Roles roles) {
  std::vector<std::string> names;
  for (const Role role : all_roles) {
    if (roles.has(role)) {
      names.emplace_back(role_name(role));
    }
  }
  return names;
}

}  // namespace kameng
