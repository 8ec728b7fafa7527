// role.hpp - what a person may do besides buying. Who has no role is a customer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kameng {

// Kept as bits, so a role is never renumbered.
enum class Role : std::uint8_t {
  owner = 0,           // everything but what belongs to the host's own program
  catalogue = 1,       // goods, prices, codes
  finance = 2,         // wallets, the books
  risk = 3,            // freezes and unfreezes
  support = 4,         // sees orders and accounts, contacts masked
  auditor = 5,         // reads the audit log and the books, changes nothing
  supplier = 6,        // its own goods and codes
  supplier_staff = 7,  // the codes of one supplier
  reseller = 8,        // buys by API key
};
inline constexpr std::array<Role, 9> all_roles{
    Role::owner,   Role::catalogue, Role::finance,        Role::risk,    Role::support,
    Role::auditor, Role::supplier,  Role::supplier_staff, Role::reseller};

// "supplier_staff"
[[nodiscard]] std::string_view role_name(Role role) noexcept;
[[nodiscard]] std::optional<Role> parse_role(std::string_view name) noexcept;

// A person may have several. Bits that this release does not know are kept and mean nothing.
class Roles {
 public:
  constexpr Roles() = default;
  constexpr explicit Roles(std::int64_t bits) noexcept : bits_(bits) {}

  [[nodiscard]] constexpr bool has(Role role) const noexcept { return (bits_ & bit(role)) != 0; }
  [[nodiscard]] constexpr Roles with(Role role) const noexcept { return Roles(bits_ | bit(role)); }
  [[nodiscard]] constexpr Roles without(Role role) const noexcept {
    return Roles(bits_ & ~bit(role));
  }
  [[nodiscard]] constexpr bool none() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr std::int64_t bits() const noexcept { return bits_; }
  constexpr bool operator==(const Roles&) const = default;

 private:
  [[nodiscard]] static constexpr std::int64_t bit(Role role) noexcept {
    return std::int64_t{1} << static_cast<unsigned>(role);
  }
  std::int64_t bits_ = 0;
};

// In the order of all_roles.
[[nodiscard]] std::vector<std::string> role_names(Roles roles);

}  // namespace kameng
