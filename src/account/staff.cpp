#include "account/staff.hpp"

#include "account/account_row.hpp"
#include "account/permissions.hpp"
#include "account/security_event.hpp"
#include "account/session.hpp"
#include "account/staff_sql.hpp"

namespace kameng::account {
namespace {

constexpr int staff_max = 1'000;

Error no_such_account() {
  return account_not_found().at("account_id");
}

// The declaration lets no other name through.
Role role_of(const std::string& name) {
  return parse_role(name).value_or(Role::reseller);
}

StaffFacts read_facts(sql::Transaction& tx, AccountId id) {
  StaffFacts facts;
  {
    sql::Rows rows = tx.query(find_standing, id);
    facts.exists = rows.next();
    if (facts.exists) {
      facts.status = parse_account_status(rows.text_view(0));
      facts.closed = !rows.is_null(1);
      facts.roles = Roles(rows.int64(2));
      facts.supplier_id = rows.maybe_text(3);
    }
  }
  sql::Rows staff = tx.query(list_staff, staff_max);
  while (staff.next()) {
    facts.owners += Roles(staff.int64(1)).has(Role::owner) ? 1 : 0;
  }
  return facts;
}

Result<role::View> change_role(command::Command& command, const RoleChange& change) {
  const AccountId id = change.account_id;
  return command.phase<role::View>([&](sql::Transaction& tx) {
    return command.settle<role::View>(
        tx, decide_role(read_facts(tx, id), command.actor(), change), [&](const RolePlan& plan) {
          note_events(tx, command, id, plan.entries);
          if (plan.before != plan.after) {
            tx.run_exactly(1, set_roles, plan.after.bits(), plan.supplier_id, id,
                           plan.before.bits());
          }
          return role::View{id, role_names(plan.after), plan.supplier_id};
        });
  });
}

Result<Standing> change_standing(command::Command& command, AccountId id, AccountStatus wanted,
                                 const std::string& reason) {
  return command.phase<Standing>([&](sql::Transaction& tx) {
    return command.settle<Standing>(
        tx, decide_standing(read_facts(tx, id), command.actor(), id, wanted, reason),
        [&](const StandingPlan& plan) {
          note_events(tx, command, id, plan.entries);
          if (plan.before != plan.after) {
            tx.run_exactly(1, set_standing, account_status_name(plan.after), id,
                           account_status_name(plan.before));
          }
          if (plan.after == AccountStatus::frozen) {
            revoke_sessions(tx, id, std::nullopt);
          }
          return Standing{id, std::string(account_status_name(plan.after))};
        });
  });
}

}  // namespace

command::Decision<RolePlan> decide_role(const StaffFacts& facts, const command::Actor& actor,
                                        const RoleChange& change) {
  using Decision = command::Decision<RolePlan>;
  if (!facts.exists || facts.closed) {
    return Decision::refuse(no_such_account());
  }
  const bool is_suppliers = change.role == Role::supplier || change.role == Role::supplier_staff;
  if (change.granted && is_suppliers != change.supplier_id.has_value()) {
    return Decision::refuse(Error{Status::invalid_argument, "role.supplier_missing",
                                  "supplier_id goes with a supplier's roles, and with no other."}
                                .at("supplier_id"));
  }
  if (change.granted && is_suppliers && facts.supplier_id &&
      facts.supplier_id != change.supplier_id) {
    return Decision::refuse(Error{Status::failed_precondition, "role.supplier_other",
                                  "This account is of another supplier."}
                                .at("supplier_id"));
  }
  RolePlan plan{
      .account_id = change.account_id,
      .before = facts.roles,
      .after = change.granted ? facts.roles.with(change.role) : facts.roles.without(change.role),
      .supplier_id = facts.supplier_id ? facts.supplier_id : change.supplier_id,
      .entries = {}};
  if (!plan.after.has(Role::supplier) && !plan.after.has(Role::supplier_staff)) {
    plan.supplier_id.reset();
  }
  const bool loses_owner = facts.roles.has(Role::owner) && !plan.after.has(Role::owner);
  if (loses_owner && facts.owners <= 1 && actor.kind == command::ActorKind::customer) {
    return Decision::refuse(Error{Status::failed_precondition, "role.last_owner",
                                  "This is the last owner; only the host may do that."}
                                .at("role"));
  }
  if (plan.before != plan.after) {
    audit::Entry entry{change.granted ? "role.granted" : "role.revoked",
                       change.account_id.text(),
                       {{"role", std::string(role_name(change.role))}}};
    if (change.granted && plan.supplier_id && is_suppliers) {
      entry.details.push_back({"supplier", *plan.supplier_id});
    }
    plan.entries.push_back(std::move(entry));
  }
  return Decision::accept(std::move(plan));
}

command::Decision<StandingPlan> decide_standing(const StaffFacts& facts,
                                                const command::Actor& actor, AccountId id,
                                                AccountStatus wanted, const std::string& reason) {
  using Decision = command::Decision<StandingPlan>;
  if (!facts.exists || facts.closed) {
    return Decision::refuse(no_such_account());
  }
  if (!facts.roles.none() && !allows(actor, Permission::role_manage)) {
    return Decision::refuse(Error{Status::permission_denied, "account.is_staff",
                                  "Only who manages roles may do that to staff."}
                                .at("account_id"));
  }
  StandingPlan plan{.account_id = id, .before = facts.status, .after = wanted, .entries = {}};
  if (plan.before != plan.after) {
    plan.entries.push_back({wanted == AccountStatus::frozen ? "account.frozen" : "account.unfrozen",
                            id.text(),
                            {{"reason", reason}}});
  }
  return Decision::accept(std::move(plan));
}

Result<role::View> StaffService::grant(command::Command& command, const role::Grant& request) {
  return change_role(command,
                     {request.account_id, role_of(request.role), true, request.supplier_id});
}

Result<role::View> StaffService::revoke(command::Command& command, const role::Revoke& request) {
  return change_role(command, {request.account_id, role_of(request.role), false, {}});
}

Result<role::Staff> StaffService::list(command::Query& query, const role::List& /*request*/) {
  role::Staff staff;
  sql::Rows rows = query.tx.query(list_staff, staff_max);
  while (rows.next()) {
    staff.items.push_back(
        {rows.id<AccountId>(0), role_names(Roles(rows.int64(1))), rows.maybe_text(2)});
  }
  return staff;
}

Result<Standing> StaffService::freeze(command::Command& command, const Freeze& request) {
  return change_standing(command, request.account_id, AccountStatus::frozen, request.reason);
}

Result<Standing> StaffService::unfreeze(command::Command& command, const Unfreeze& request) {
  return change_standing(command, request.account_id, AccountStatus::active, request.reason);
}

}  // namespace kameng::account
