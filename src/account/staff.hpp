// staff.hpp - roles and freezing: facts, decisions, plans, and their handlers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/role.hpp>
#include <kameng/staff.hpp>

#include "account/account_status.hpp"
#include "audit/entry.hpp"
#include "command/command.hpp"
#include "command/decision.hpp"

namespace kameng::account {

// What is decided about: somebody's account, and who else is an owner.
struct StaffFacts {
  bool exists = false;
  AccountStatus status = AccountStatus::frozen;
  bool closed = false;
  Roles roles;
  std::optional<std::string> supplier_id;
  std::int64_t owners = 0;  // with this one
};

struct RolePlan {
  AccountId account_id;
  Roles before, after;
  std::optional<std::string> supplier_id;  // afterwards
  std::vector<audit::Entry> entries;
};

struct StandingPlan {
  AccountId account_id;
  AccountStatus before = AccountStatus::active, after = AccountStatus::active;
  std::vector<audit::Entry> entries;
};

// A role that is given, with the supplier it belongs to; or taken.
struct RoleChange {
  AccountId account_id;
  Role role = Role::reseller;
  bool granted = false;
  std::optional<std::string> supplier_id;
};

// Refuses with account.not_found; role.supplier_missing, role.supplier_other (an account is of one
// supplier); and role.last_owner: only the host leaves a shop without one.
[[nodiscard]] command::Decision<RolePlan> decide_role(const StaffFacts& facts,
                                                      const command::Actor& actor,
                                                      const RoleChange& change);
// Refuses with account.not_found, and account.is_staff: only who manages roles freezes staff.
[[nodiscard]] command::Decision<StandingPlan> decide_standing(const StaffFacts& facts,
                                                              const command::Actor& actor,
                                                              AccountId id, AccountStatus wanted,
                                                              const std::string& reason);

class StaffService {
 public:
  [[nodiscard]] Result<role::View> grant(command::Command& command, const role::Grant& request);
  [[nodiscard]] Result<role::View> revoke(command::Command& command, const role::Revoke& request);
  [[nodiscard]] Result<role::Staff> list(command::Query& query, const role::List& request);
  [[nodiscard]] Result<Standing> freeze(command::Command& command, const Freeze& request);
  [[nodiscard]] Result<Standing> unfreeze(command::Command& command, const Unfreeze& request);
};

}  // namespace kameng::account
