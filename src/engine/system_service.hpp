// system_service.hpp - due work, self-checks, health, the clock, events and the trial balance.
#pragma once

#include <optional>
#include <string>

#include <kameng/ledger.hpp>
#include <kameng/system.hpp>

#include "account/tier.hpp"
#include "command/command.hpp"
#include "engine/system_state.hpp"
#include "order/order_service.hpp"

namespace kameng::engine {

// When the next order or job is due; nothing when none will be.
[[nodiscard]] std::optional<TimeMs> next_due(sql::Transaction& tx);

class BackupService;
class PrivacyService;

class SystemService {
 public:
  SystemService(order::OrderService& orders, PrivacyService& privacy, BackupService& backup,
                const account::Tiers& tiers, SystemState& state)
      : orders_(&orders), privacy_(&privacy), backup_(&backup), tiers_(&tiers), state_(&state) {}

  [[nodiscard]] Result<system::DueDone> run_due(command::Command& command,
                                                const system::RunDue& request);
  [[nodiscard]] Result<system::Verified> verify(command::Query& query,
                                                const system::Verify& request);
  [[nodiscard]] Result<system::HealthView> health(command::Query& query,
                                                  const system::Health& request);
  [[nodiscard]] Result<system::MetricsView> metrics(command::Query& query,
                                                    const system::GetMetrics& request);
  [[nodiscard]] Result<system::ClockView> advance_clock(command::Command& command,
                                                        const system::AdvanceClock& request);
  [[nodiscard]] Result<event::Page> pull_events(command::Query& query, const event::Pull& request);
  [[nodiscard]] Result<ledger::TrialBalance> balance(command::Query& query,
                                                     const ledger::GetBalance& request);

  // Everything that is due, until nothing is or the budget is over; gives up when the database is
  // not to be had by `patience`. Acts as the system, whoever asked.
  [[nodiscard]] Result<system::DueDone> work(command::Environment& environment, TimeMs now_ms,
                                             const Deadline& budget, const Deadline& patience,
                                             int rounds_max);

 private:
  // One round of one kind: how many things it did. Names are the kinds that run_due tells.
  [[nodiscard]] Result<std::int64_t> do_orders(const command::Call& call, system::DueDone& done);
  [[nodiscard]] Result<std::int64_t> do_jobs(const command::Call& call, system::DueDone& done);
  [[nodiscard]] Result<std::int64_t> do_chores(const command::Call& call, system::DueDone& done);

  order::OrderService* orders_;
  PrivacyService* privacy_;
  BackupService* backup_;
  const account::Tiers* tiers_;
  SystemState* state_;
};

}  // namespace kameng::engine
