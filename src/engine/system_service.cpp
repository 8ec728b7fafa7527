#include "engine/system_service.hpp"

#include <algorithm>
#include <utility>

#include "account/api_key.hpp"
#include "account/identity.hpp"
#include "account/privacy.hpp"
#include "account/verification.hpp"
#include "audit/log.hpp"
#include "audit/sequencer.hpp"
#include "audit/tree.hpp"
#include "audit/verify.hpp"
#include "engine/backup_service.hpp"
#include "engine/event.hpp"
#include "engine/privacy_service.hpp"
#include "engine/self_check.hpp"
#include "engine/tier_review.hpp"
#include "engine/version.hpp"
#include "ledger/totals.hpp"
#include "order/forget.hpp"
#include "order/order_sql.hpp"
#include "order/quota.hpp"
#include "queue/job.hpp"
#include "queue/schedule.hpp"
#include "vault/code_store.hpp"

namespace kameng::engine {
namespace {

constexpr int orders_a_round = 16;
constexpr int rows_a_round = 2000;

// Writes what was refused in the minutes that are over.
Result<std::int64_t> write_refusals(const command::Call& call) {
  command::RefusalCounter& refusals = call.environment.refusals;
  const std::vector<audit::Entry> entries = refusals.take_finished(call.now_ms);
  if (entries.empty()) {
    return std::int64_t{0};
  }
  command::Command command(call, "system.run_due");
  Result<void> written =
      call.environment.database.write(call.deadline, [&](sql::Transaction& tx) -> Result<void> {
        command.record(tx, entries);
        return {};
      });
  if (!written.ok()) {
    refusals.put_back(entries);
    return std::move(written).error();
  }
  return std::ssize(entries);
}

// Tells of statements that were slow: one entry for each, at most once a minute.
Result<std::int64_t> write_slow_statements(const command::Call& call, sql::StatementTimes* times) {
  if (times == nullptr || !times->has_slow(call.now_ms)) {
    return std::int64_t{0};
  }
  const std::vector<sql::StatementTime> slow = times->take_slow(call.now_ms);
  std::vector<audit::Entry> entries;
  for (const sql::StatementTime& time : slow) {
    entries.push_back({.kind = "storage.slow",
                       .subject = time.name,
                       .details = {{"count", time.slow}, {"slowest_ms", time.slowest_us / 1000}}});
  }
  command::Command command(call, "system.run_due");
  Result<void> written =
      call.environment.database.write(call.deadline, [&](sql::Transaction& tx) -> Result<void> {
        command.record(tx, entries);
        return {};
      });
  if (!written.ok()) {
    times->put_back(slow);
    return std::move(written).error();
  }
  return std::ssize(entries);
}

// One bounded transaction of housekeeping; `work` says how much it did.
template <class Work>
Result<std::int64_t> chore(const command::Call& call, Work&& work) {
  std::int64_t done = 0;
  KAMENG_CHECK(call.environment.database.write_alone(call.deadline,
                                                     [&](sql::Transaction& tx) -> Result<void> {
                                                       done = work(tx);
                                                       return {};
                                                     }));
  return done;
}

}  // namespace

std::optional<TimeMs> next_due(sql::Transaction& tx) {
  std::optional<TimeMs> next = queue::next_job_at(tx);
  auto rows = tx.query(order::next_due);
  if (rows.next()) {
    next = std::min(next.value_or(command::DueHint::never), TimeMs{rows.int64(0)});
  }
  return next;
}

Result<std::int64_t> SystemService::do_orders(const command::Call& call, system::DueDone& done) {
  command::Command command(call, "system.run_due");
  KAMENG_TRY(const order::DueCounts counts, orders_->run_due(command, orders_a_round));
  const auto add = [&](const char* kind, std::int64_t count) {
    if (count > 0) {
      done.jobs[kind] += count;
    }
  };
  add("order.expire", counts.expired);
  add("order.close", counts.closing);
  add("order.deliver", counts.delivered);
  add("order.refund", counts.refunded);
  return counts.all();
}

Result<std::int64_t> SystemService::do_jobs(const command::Call& call, system::DueDone& done) {
  std::vector<queue::Job> jobs;
  KAMENG_CHECK(
      call.environment.database.write(call.deadline, [&](sql::Transaction& tx) -> Result<void> {
        jobs = queue::claim_jobs(tx, call.now_ms, 1);
        return {};
      }));
  for (const queue::Job& job : jobs) {
    command::Command command(call, "system.run_due");
    Result<void> outcome =
        job.kind == "notice.apply"    ? orders_->apply_deferred_notice(command, job.args)
        : job.kind == "privacy.erase" ? privacy_->forget_orders(command, job.args)
        : job.kind == "account.erase_closed"
            ? privacy_->erase_closed(command, job.args)
            : Error{Status::internal, "job.unknown_kind", "No handler for this kind of job."};
    const TimeMs again_ms = call.now_ms + queue::job_delay_ms(job.attempt, call.environment.random);
    KAMENG_CHECK(
        call.environment.database.write(call.deadline, [&](sql::Transaction& tx) -> Result<void> {
          if (outcome.ok()) {
            queue::finish_job(tx, job);
          } else {
            queue::fail_job(tx, job, again_ms, outcome.error().reason);
          }
          return {};
        }));
    done.jobs[job.kind] += 1;
  }
  return std::ssize(jobs);
}

Result<std::int64_t> SystemService::do_chores(const command::Call& call, system::DueDone& done) {
  command::Command due(call, "system.run_due");
  struct Chore {
    const char* kind;
    std::function<std::int64_t(sql::Transaction&)> work;
  };
  const Chore chores[] = {
      {"ledger.fold",
       [](sql::Transaction& tx) { return ledger::fold(tx, rows_a_round) ? rows_a_round : 0; }},
      {"stock.fold",
       [](sql::Transaction& tx) { return vault::fold_stock(tx, rows_a_round) ? rows_a_round : 0; }},
      {"audit.sequence",
       [](sql::Transaction& tx) { return audit::sequence(tx, rows_a_round) ? rows_a_round : 0; }},
      {"audit.hash",
       [](sql::Transaction& tx) { return audit::extend(tx, rows_a_round) ? rows_a_round : 0; }},
      {"idempotency.prune",
       [&](sql::Transaction& tx) { return command::prune_keys(tx, call.now_ms, rows_a_round); }},
      {"verification.prune",
       [&](sql::Transaction& tx) { return account::prune_codes(tx, call.now_ms, rows_a_round); }},
      {"signature.prune",
       [&](sql::Transaction& tx) {
         return account::prune_signatures(tx, call.now_ms, rows_a_round);
       }},
      {"identity.prune",
       [&](sql::Transaction& tx) { return account::prune_flows(tx, call.now_ms, rows_a_round); }},
      {"session.prune",
       [&](sql::Transaction& tx) {
         return account::prune_sessions(tx, call.now_ms, rows_a_round);
       }},
      {"account_event.prune",
       [&](sql::Transaction& tx) { return account::prune_events(tx, call.now_ms, rows_a_round); }},
      {"order.forget",
       [&](sql::Transaction& tx) { return order::forget_old(tx, call.now_ms, rows_a_round); }},
      {"tier.review",
       [&](sql::Transaction& tx) {
         return tiers_->are_reached() ? review_tiers(due, tx, *tiers_) : 0;
       }},
      {"quota.prune",
       [&](sql::Transaction& tx) { return order::prune_quotas(tx, call.now_ms, rows_a_round); }},
  };
  std::int64_t all = 0;
  for (const Chore& each : chores) {
    KAMENG_TRY(const std::int64_t count, chore(call, each.work));
    if (count > 0) {
      done.jobs[each.kind] += count;
      all += count;
    }
  }
  KAMENG_TRY(const std::int64_t refusals, write_refusals(call));
  if (refusals > 0) {
    done.jobs["call.refused"] += refusals;
  }
  KAMENG_TRY(const std::int64_t slow, write_slow_statements(call, state_->times));
  if (slow > 0) {
    done.jobs["storage.slow"] += slow;
  }
  // Not `all`: what calls leave behind meanwhile is no reason for another round.
  KAMENG_TRY(const std::int64_t pruned, state_->limiter->prune(call.now_ms, call.deadline));
  if (pruned > 0) {
    done.jobs["limit.prune"] += pruned;
  }
  KAMENG_CHECK(call.environment.database.maintain(call.deadline));
  return all;
}

Result<system::DueDone> SystemService::work(command::Environment& environment, TimeMs now_ms,
                                            const Deadline& budget, const Deadline& patience,
                                            int rounds_max) {
  const command::Actor system_actor{.kind = command::ActorKind::system};
  const Context context;
  const command::Call call{environment, system_actor, context, now_ms, patience};
  system::DueDone done;
  for (int round = 0; round < rounds_max; ++round) {
    KAMENG_TRY(const std::int64_t orders, do_orders(call, done));
    KAMENG_TRY(const std::int64_t jobs, do_jobs(call, done));
    if (orders + jobs == 0) {
      KAMENG_TRY(const std::int64_t chores, do_chores(call, done));
      if (chores == 0) {
        break;
      }
    }
    if (budget.over()) {
      done.more = true;
      break;
    }
  }
  std::optional<TimeMs> next;
  KAMENG_CHECK(environment.database.read(call.deadline, [&](sql::Transaction& tx) -> Result<void> {
    next = next_due(tx);
    return {};
  }));
  environment.due.reset(next.value_or(command::DueHint::never));
  return done;
}

Result<system::DueDone> SystemService::run_due(command::Command& command,
                                               const system::RunDue& request) {
  KAMENG_CHECK(command.environment().database.write(command.deadline(),
                                                    [&](sql::Transaction& tx) -> Result<void> {
                                                      queue::note_due_run(tx, command.now_ms());
                                                      return {};
                                                    }));
  // The budget is for work; the call's own time is for waiting.
  const Deadline budget = Deadline::after_ms(request.budget_ms);
  const Deadline patience = Deadline::after_ms(request.budget_ms + command.deadline().left_ms());
  KAMENG_TRY(system::DueDone done,
             work(command.environment(), command.now_ms(), budget, patience, 1'000'000));
  // Last, and here alone: a write that helps with due work must not wait for a backup.
  if (const auto made =
          backup_->make_due(command.environment(), command.now_ms(), patience.left_ms())) {
    done.jobs[std::string(*made)] += 1;
  }
  return done;
}

Result<system::Verified> SystemService::verify(command::Query& query,
                                               const system::Verify& /*request*/) {
  system::Verified verified{.ok = true, .checks = {}};
  for (const Finding& finding : self_check(query.tx, query.keys(), state_->origin)) {
    verified.ok = verified.ok && finding.ok;
    verified.checks.push_back({std::string(finding.name), finding.ok, finding.detail});
  }
  return verified;
}

Result<system::HealthView> SystemService::health(command::Query& query,
                                                 const system::Health& /*request*/) {
  const sql::Metrics metrics = query.call.environment.database.metrics();
  system::HealthView view;
  view.version = library_version;
  view.storage = state_->driver;
  view.sandbox = state_->sandbox;
  view.memory_locked = SecretBytes::all_locked();
  view.now_ms = query.call.now_ms;
  view.audit_entries = audit::size(query.tx);
  view.metrics = {{"commits", metrics.commits},
                  {"members", metrics.members},
                  {"retries", metrics.retries},
                  {"busy_waits", metrics.busy_waits},
                  {"statements", metrics.statements}};
  view.last_run_due_ms = queue::last_due_run(query.tx);
  view.next_due_ms = next_due(query.tx);
  return view;
}

Result<system::MetricsView> SystemService::metrics(command::Query& query,
                                                   const system::GetMetrics& /*request*/) {
  const sql::Metrics metrics = query.call.environment.database.metrics();
  system::MetricsView view;
  view.counters = {{"commits", metrics.commits},           {"groups_of_one", metrics.groups_of_one},
                   {"members", metrics.members},           {"retries", metrics.retries},
                   {"busy_waits", metrics.busy_waits},     {"statements", metrics.statements},
                   {"limited", state_->limiter->refused()}};
  if (state_->times != nullptr) {
    for (const sql::StatementTime& time : state_->times->all()) {
      view.statements.push_back({time.name, time.runs, time.total_us, time.slowest_us, time.slow});
    }
  }
  return view;
}

Result<system::ClockView> SystemService::advance_clock(command::Command& /*command*/,
                                                       const system::AdvanceClock& request) {
  if (state_->manual_clock == nullptr) {
    return Error{Status::failed_precondition, "clock.not_manual",
                 "Only a manual clock can be moved: clock.manual_ms in the configuration."};
  }
  state_->manual_clock->advance(request.by_ms);
  return system::ClockView{state_->manual_clock->now_ms()};
}

Result<event::Page> SystemService::pull_events(command::Query& query, const event::Pull& request) {
  const audit::Events events = audit::events_after(query.tx, request.after, request.limit);
  event::Page page{.items = {}, .next = events.next, .more = events.more};
  for (const audit::Event& event : events.items) {
    KAMENG_TRY(event::Item item, read_event(event));
    page.items.push_back(std::move(item));
  }
  return page;
}

Result<ledger::TrialBalance> SystemService::balance(command::Query& query,
                                                    const ledger::GetBalance& /*request*/) {
  ledger::TrialBalance balance;
  for (const ledger::CurrencyTotal& total : ledger::totals(query.tx)) {
    ledger::CurrencyBalance currency{total.currency, {}, total.debit, total.credit};
    for (const ledger::AccountTotal& account : total.accounts) {
      currency.accounts.push_back(
          {std::string(ledger::account_code(account.account)), account.debit, account.credit});
    }
    balance.currencies.push_back(std::move(currency));
  }
  return balance;
}

}  // namespace kameng::engine
