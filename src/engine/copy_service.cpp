// copy_service.cpp - storage.copy: a shop moves from SQLite into another database.
//
// The source is frozen first, by triggers that refuse every write, so that nothing is sold from the
// old file while or after it moves; readers go on. Then rows are copied in the order of their keys.
// Whoever calls looks at what the target holds and goes on there: a crash on either side loses
// nothing but the batch that was on its way.
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "audit/log.hpp"
#include "audit/tree.hpp"
#include "engine/copy_sql.hpp"
#include "engine/copy_tables.hpp"
#include "engine/migrations.hpp"
#include "engine/self_check.hpp"
#include "engine/storage.hpp"
#include "engine/storage_service.hpp"
#include "ledger/totals.hpp"

namespace kameng::engine {
namespace {

using Keys = std::vector<std::pair<std::int64_t, Bytes>>;

constexpr int rows_a_round = 2000;

Error refuse(std::string_view reason, std::string_view message) {
  return Error{Status::failed_precondition, std::string(reason), std::string(message)};
}

audit::Entry entry_of(std::string_view kind, std::string_view driver) {
  return {.kind = kind, .subject = "storage", .details = {{"driver", std::string(driver)}}};
}

Result<bool> is_frozen_now(sql::Database& source, const Deadline& deadline) {
  bool frozen = false;
  KAMENG_CHECK(source.read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    sql::Rows rows = tx.query(is_frozen);
    frozen = rows.next() && rows.int64(0) > 0;
    return {};
  }));
  return frozen;
}

Result<Keys> keys_of(sql::Database& database, const Deadline& deadline) {
  Keys keys;
  KAMENG_CHECK(database.read(deadline, [&](sql::Transaction& tx) -> Result<void> {
    keys.clear();
    sql::Rows rows = tx.query(list_keys);
    while (rows.next()) {
      keys.emplace_back(rows.int64(0), rows.blob(1));
    }
    return {};
  }));
  return keys;
}

// A move in one call: both databases, and what they are told.
struct Move {
  sql::Database& source;
  sql::Database& target;
  CopyTables tables;
  Deadline patience;  // for waiting, and for what cannot be divided
};

Result<void> check_fit(const Move& move, std::string_view target_prefix) {
  KAMENG_TRY(const std::set<std::string> there,
             columns_of(move.target, target_prefix, move.patience));
  for (const auto& table : move.tables.copied) {
    for (const CopyTable::Column& column : table->columns()) {
      const std::string name = table->name() + "." + column.name;
      if (!there.contains(name)) {
        return refuse("storage.copy_unfit", "The target has no place for a column of this shop.")
            .detail("column", name);
      }
    }
  }
  return {};
}

// Nothing of a shop is in it, or, once the source is frozen, this very shop as far as it was
// copied.
Result<void> check_target(const Move& move, bool frozen) {
  KAMENG_TRY(const Keys ours, keys_of(move.source, move.patience));
  KAMENG_TRY(const Keys theirs, keys_of(move.target, move.patience));
  if (frozen && !theirs.empty() &&
      std::equal(theirs.begin(), theirs.end(), ours.begin(),
                 ours.begin() + std::min(std::ssize(theirs), std::ssize(ours)))) {
    return {};
  }
  std::string taken = theirs.empty() ? "" : "key";
  const Result<void> looked =
      move.target.read(move.patience, [&](sql::Transaction& tx) -> Result<void> {
        for (const auto& table : move.tables.copied) {
          if (taken.empty() && table->last_key(tx)) {
            taken = table->name();
          }
        }
        return {};
      });
  KAMENG_CHECK(looked);
  if (taken.empty()) {
    return {};
  }
  return refuse("storage.copy_target",
                "The target is not empty, and not a copy of this shop that was begun.")
      .detail("table", taken);
}

// Ends with the source frozen: everything folded and hashed, no lease alive, the beginning in the
// audit log, all in one transaction with the triggers.
Result<void> begin(command::Command& command, const Move& move, std::string_view driver) {
  for (bool more = true; more;) {
    KAMENG_CHECK(move.source.write_alone(move.patience, [&](sql::Transaction& tx) -> Result<void> {
      const bool entries = ledger::fold(tx, rows_a_round);
      const bool hashes = audit::extend(tx, rows_a_round);
      more = entries || hashes;
      return {};
    }));
  }
  std::int64_t leases = 0;
  KAMENG_CHECK(move.source.write_alone(move.patience, [&](sql::Transaction& tx) -> Result<void> {
    {
      sql::Rows rows = tx.query(count_leases, command.now_ms());
      leases = rows.next() ? rows.int64(0) : 0;
    }
    if (leases > 0) {
      return {};
    }
    while (ledger::fold(tx, rows_a_round)) {
    }
    command.record(tx, {entry_of("storage.copy_begun", driver)});
    if (sql::Failure failure = tx.connection().execute(freeze_script(move.tables.all, true))) {
      tx.fail(std::move(failure));
    }
    return {};
  }));
  if (leases == 0) {
    return {};
  }
  Error leased = refuse("storage.copy_leased",
                        "Somebody is at work: calls to providers, jobs or imports. Try again when "
                        "they have ended or their leases have run out.");
  leased.retry = Retry::later;
  return std::move(leased).detail("leases", std::to_string(leases));
}

// False when the budget ended before the table did.
Result<bool> copy_table(const Move& move, const CopyTable& table, const storage::CopyShop& request,
                        const Deadline& budget, bool& has_copied) {
  std::optional<CopyTable::Key> at;
  KAMENG_CHECK(move.target.read(move.patience, [&](sql::Transaction& tx) -> Result<void> {
    at = table.last_key(tx);
    return {};
  }));
  for (;;) {
    CopyTable::Batch batch;
    KAMENG_CHECK(move.source.read(move.patience, [&](sql::Transaction& tx) -> Result<void> {
      batch = table.read(tx, at, request.batch_rows);
      return {};
    }));
    if (batch.rows == 0) {
      return true;
    }
    if (has_copied && budget.over()) {
      return false;
    }
    KAMENG_CHECK(move.target.write_alone(move.patience, [&](sql::Transaction& tx) -> Result<void> {
      table.insert(tx, batch);
      return {};
    }));
    has_copied = true;
    at = table.key_of(batch, batch.rows - 1);
  }
}

struct Summary {
  std::vector<std::int64_t> rows;  // by table
  std::vector<ledger::CurrencyTotal> totals;
  std::int64_t audit_entries = 0;
  std::optional<audit::Hash> audit_root;
};

Result<std::vector<std::int64_t>> count_rows(const Move& move, sql::Database& database) {
  std::vector<std::int64_t> counts;
  KAMENG_CHECK(database.read(move.patience, [&](sql::Transaction& tx) -> Result<void> {
    counts.clear();
    for (const auto& table : move.tables.copied) {
      counts.push_back(table->count(tx));
    }
    return {};
  }));
  return counts;
}

Result<Summary> summary_of(const Move& move, sql::Database& database) {
  Summary summary;
  KAMENG_TRY(summary.rows, count_rows(move, database));
  KAMENG_CHECK(database.read(move.patience, [&](sql::Transaction& tx) -> Result<void> {
    summary.totals = ledger::totals(tx);
    summary.audit_entries = audit::size(tx);
    summary.audit_root = audit::root_at(tx, static_cast<std::uint64_t>(summary.audit_entries));
    return {};
  }));
  return summary;
}

std::string text_of(const std::vector<ledger::CurrencyTotal>& totals) {
  std::string text;
  for (const ledger::CurrencyTotal& total : totals) {
    text += std::string(total.currency.code()) + " " + std::to_string(total.debit) + "/" +
            std::to_string(total.credit) + " ";
    for (const ledger::AccountTotal& account : total.accounts) {
      text += std::string(ledger::account_code(account.account)) + " " +
              std::to_string(account.debit) + "/" + std::to_string(account.credit) + " ";
    }
  }
  return text;
}

// The last call: both databases compared, and the target checked as system.verify would.
Result<storage::Copied> finish(command::Command& command, const Move& move,
                               std::string_view origin) {
  KAMENG_CHECK(move.target.write_alone(move.patience, [&](sql::Transaction& tx) -> Result<void> {
    for (const auto& table : move.tables.copied) {
      table->set_sequence(tx);
    }
    if (tx.dialect() == sql::Dialect::sqlite) {
      tx.run(set_mark);
    }
    return {};
  }));
  KAMENG_TRY(const Summary ours, summary_of(move, move.source));
  KAMENG_TRY(const Summary theirs, summary_of(move, move.target));
  storage::Copied copied{.done = true, .ok = true, .audit_entries = theirs.audit_entries};
  std::string differing;
  for (std::size_t i = 0; i < ours.rows.size(); ++i) {
    copied.rows_total += ours.rows[i];
    copied.rows_copied += theirs.rows[i];
    if (ours.rows[i] != theirs.rows[i]) {
      differing += move.tables.copied[i]->name() + " ";
    }
  }
  if (theirs.audit_root) {
    copied.audit_root = to_hex(*theirs.audit_root);
  }
  copied.checks = {
      {"copy.counts", differing.empty(),
       differing.empty() ? std::to_string(copied.rows_total) + " rows" : "differ: " + differing},
      {"copy.ledger_totals", text_of(ours.totals) == text_of(theirs.totals),
       std::to_string(ours.totals.size()) + " currencies"},
      {"copy.audit_root",
       ours.audit_entries == theirs.audit_entries && theirs.audit_root &&
           ours.audit_root == theirs.audit_root,
       std::to_string(theirs.audit_entries) + " entries"},
  };
  KAMENG_CHECK(move.target.read(move.patience, [&](sql::Transaction& tx) -> Result<void> {
    copied.checks.resize(3);
    for (const Finding& finding : self_check(tx, command.keys(), origin)) {
      copied.checks.push_back({std::string(finding.name), finding.ok, finding.detail});
    }
    return {};
  }));
  for (const system::Check& check : copied.checks) {
    copied.ok = copied.ok && check.ok;
  }
  return copied;
}

// The copy would be written into itself, or be gone with this call.
bool is_no_place(const StorageConfig& own, const StorageConfig& target) {
  std::error_code failed;
  return target.driver == "sqlite" &&
         (target.path == ":memory:" || std::filesystem::equivalent(own.path, target.path, failed));
}

}  // namespace

Result<storage::Copied> StorageService::cancel_copy(command::Command& command) {
  sql::Database& source = command.environment().database;
  KAMENG_TRY(const bool frozen, is_frozen_now(source, command.deadline()));
  if (!frozen) {
    return storage::Copied{};
  }
  KAMENG_TRY(const CopyTables tables,
             read_copy_tables(source, sql::Dialect::sqlite, command.deadline()));
  KAMENG_CHECK(source.write_alone(command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
    if (sql::Failure failure = tx.connection().execute(freeze_script(tables.all, false))) {
      tx.fail(std::move(failure));
    }
    command.record(tx, {entry_of("storage.copy_cancelled", own_.driver)});
    return {};
  }));
  return storage::Copied{};
}

Result<storage::Copied> StorageService::copy(command::Command& command,
                                             const storage::CopyShop& request) {
  command.repeatable();
  if (own_.driver != "sqlite") {
    return refuse("storage.copy_source",
                  "Only a shop in SQLite is moved; servers are moved with their own tools.");
  }
  if (request.cancel) {
    return cancel_copy(command);
  }
  const Deadline budget = Deadline::after_ms(request.budget_ms);
  const Deadline patience = Deadline::after_ms(request.budget_ms + command.deadline().left_ms());
  if (is_no_place(own_, request.storage)) {
    return refuse("storage.copy_target", "The copy would not outlast this call, or be the source.")
        .at("storage.path");
  }
  sql::Database& source = command.environment().database;
  KAMENG_TRY(const bool frozen, is_frozen_now(source, patience));
  // After `tables`, which its connections know statements of.
  std::unique_ptr<sql::Database> target;
  KAMENG_TRY(target, open_database(request.storage, {}, nullptr));
  KAMENG_CHECK(target->migrate(migrations(), command.now_ms(), patience));
  KAMENG_TRY(CopyTables tables, read_copy_tables(source, target->dialect(), patience));
  const Move move{source, *target, std::move(tables), patience};
  KAMENG_CHECK(check_fit(move, request.storage.table_prefix));
  KAMENG_CHECK(check_target(move, frozen));
  if (!frozen) {
    KAMENG_CHECK(begin(command, move, request.storage.driver));
  }
  bool has_copied = false;
  for (const auto& table : move.tables.copied) {
    KAMENG_TRY(const bool whole, copy_table(move, *table, request, budget, has_copied));
    if (!whole) {
      storage::Copied copied{.table = table->name()};
      KAMENG_TRY(const std::vector<std::int64_t> ours, count_rows(move, source));
      KAMENG_TRY(const std::vector<std::int64_t> theirs, count_rows(move, *target));
      for (std::size_t i = 0; i < ours.size(); ++i) {
        copied.rows_total += ours[i];
        copied.rows_copied += theirs[i];
      }
      return copied;
    }
  }
  return finish(command, move, origin_);
}

}  // namespace kameng::engine
