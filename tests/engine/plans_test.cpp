// plans_test.cpp - how the database runs the engine's statements, and the conversations of the
// bindings.
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "account/account_sql.hpp"
#include "account/api_key_sql.hpp"
#include "account/privacy_sql.hpp"
#include "audit/audit_sql.hpp"
#include "catalog/catalog_sql.hpp"
#include "command/idempotency_sql.hpp"
#include "engine/seams.hpp"
#include "ledger/ledger_sql.hpp"
#include "limit/limit_sql.hpp"
#include "order/quota_sql.hpp"
#include "queue/job_sql.hpp"
#include "queue/outbox_sql.hpp"
#include "support/contract.hpp"
#include "support/conversation.hpp"
#include "support/plan.hpp"
#include "support/shop.hpp"
#include "vault/vault_sql.hpp"

using namespace kameng::test;
using namespace kameng;

namespace {

const std::string data = KAMENG_SOURCE_DIR "/tests/data";

// What a statement is allowed, on which databases, and why.
enum On : unsigned { sqlite = 1, postgres = 2, mariadb = 4, servers = 6, everywhere = 7 };
struct Allowed {
  std::string_view name;
  unsigned on;
  std::string_view why;
};

constexpr Allowed may_scan[] = {
    {"migration.list", sqlite | postgres, "one row for each release"},
    {"migration.list_leases", mariadb, "one row for each release"},
    {"migration.has_table", mariadb, "names of tables"},
    {"key.any", everywhere, "one row for each key of the ring"},
    {"key.all", everywhere, "one row for each key of the ring"},
    {"account.list_staff", postgres, "who has a role: an index of nobody else"},
    {"audit.checkpoint_latest", everywhere, "one row, from the end"},
    {"ledger.totals_select", everywhere, "one row for each account of the platform"},
    // From the beginning of an index that holds what is waiting alone, up to a limit.
    {"audit.entries_unplaced", postgres, "entries without a place"},
    {"ledger.shared_sum", servers, "what is not folded"},
    {"ledger.fold_pick", servers, "what is not folded"},
    {"stock.fold_pick", servers, "what is not folded"},
    {"job.next", postgres, "one row: the job that is due first"},
    {"order.next_due", postgres, "one row: the order that is due first"},
    {"outbox.next", postgres, "one row: the call that is due first"},
    // The sweep: at most limit::buckets_max rows, and an index would cost every call.
    {"limit.prune", servers, "a bounded table, now and then"},
    {"limit.pull_back", servers, "a bounded table, now and then"},
    {"limit.count", servers, "a bounded table, now and then"},
    // An index would take a new entry whenever somebody orders.
    {"quota.prune", postgres, "rows of the last ten minutes"},
    // Moving to another database is reading everything, once.
    {"copy.count", sqlite, "a move"},
    {"copy.count_leases", sqlite, "a move"},
    {"copy.first", sqlite, "a move; ends at its limit"},
    {"copy.list_keys", sqlite, "one row for each key of the ring"},
    // system.verify looks at everything.
    {"batch.all", everywhere, "self-check"},
    {"code.all", everywhere, "self-check"},
    {"stock.all", everywhere, "self-check"},
    {"verify.audit_tiles", everywhere, "self-check"},
    {"verify.audit_unplaced", postgres, "self-check; one row"},
    {"verify.captured", everywhere, "self-check"},
    {"verify.delivered_codes", everywhere, "self-check"},
    {"verify.ended_holds", everywhere, "self-check"},
    {"verify.job_dead", everywhere, "self-check"},
    {"verify.ledger_balances", everywhere, "self-check"},
    {"verify.ledger_entries", everywhere, "self-check"},
    {"verify.ledger_journals", everywhere, "self-check"},
    {"verify.ledger_missing_balances", everywhere, "self-check"},
    {"verify.ledger_negative_balances", everywhere, "self-check"},
    {"verify.ledger_totals", everywhere, "self-check"},
    {"verify.ledger_unfolded", servers, "self-check"},
    {"verify.order_balances", everywhere, "self-check"},
    {"verify.order_money", everywhere, "self-check"},
    {"verify.order_money_adds_up", everywhere, "self-check"},
    {"verify.order_refunds_within_payments", everywhere, "self-check"},
    {"verify.order_totals", everywhere, "self-check"},
    {"verify.orphan_codes", postgres, "self-check"},
    {"verify.outbox_dead", everywhere, "self-check"},
    {"verify.refund_transit", everywhere, "self-check"},
    {"verify.unsold_codes", everywhere, "self-check"},
};

constexpr Allowed may_sort[] = {
    {"code.held", postgres, "codes of one order"},
    {"code.sold", everywhere, "codes of one order"},
    {"payment.find_of_order", postgres, "payments of one order"},
    {"refund.find_of_order", postgres, "refunds of one order"},
    {"ledger.fold_add", sqlite | mariadb, "one batch"},
    {"stock.fold_add", mariadb, "one batch"},
    {"ledger.totals_select", everywhere, "accounts of the platform"},
    {"copy.list_columns", sqlite, "names of columns"},
    {"verify.ledger_entries", servers, "self-check"},
    {"verify.order_balances", sqlite | mariadb, "self-check"},
};

unsigned here() {
  const std::string& storage = storage_under_test();
  return storage == "postgres" ? postgres : storage == "mariadb" ? mariadb : sqlite;
}

// Statements that no conversation leads to on every database: for servers alone, for rare races, or
// for callers that the conversations do not play. They are explained as well.
struct Rare {
  const sql::Statement* statement;
  unsigned on = everywhere;
};
constexpr Rare rare[] = {
    // With SQLite they are in a file of their own.
    {&limit::find_buckets, servers},
    {&limit::set_bucket, servers},
    {&limit::add_bucket, servers},
    {&limit::prune_buckets, servers},
    {&limit::pull_back, servers},
    {&limit::count_buckets, servers},
    {&account::renew_session},
    {&account::update_password_hash},
    {&account::insert_nonce},
    {&account::list_erasures, servers},
    {&audit::entries_place},
    {&audit::entries_unplaced},
    {&audit::head_lock},
    {&audit::head_turn},
    {&audit::tile_save},
    {&audit::verify_unplaced},
    {&catalog::list_goods},
    {&catalog::list_goods_by_category},
    {&command::claim_key},
    {&command::unclaim_key},
    {&command::update_key},
    {&ledger::balance_open},
    {&ledger::entry_insert[0]},
    {&ledger::entry_insert[5]},
    {&ledger::entry_sum},
    {&ledger::shared_sum},
    {&ledger::verify_unfolded, servers},
    {&order::quota_lock[0]},
    {&order::quota_lock[3]},
    {&order::quota_prune},
    {&queue::job_again},
    {&queue::job_bury},
    {&queue::job_delete},
    {&queue::job_insert},
    {&queue::job_lease},
    {&queue::job_renew},
    {&queue::job_retry},
    {&queue::outbox_next},
    {&vault::codes_for_sale},
    {&vault::pick_codes_from},
    {&vault::pick_codes_waiting},
    {&vault::return_codes},
    {&vault::take_back_codes},
};

// The names of the statements in the folders' *_sql.hpp, besides those of storage.copy, which reads
// everything once.
std::set<std::string> names_in_sources() {
  const std::regex statement(
      R"re(Statement\s+\w+(\[\])?\s*\{\s*(\.name = )?"([a-z_]+\.[a-z_0-9]+)")re");
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(KAMENG_SOURCE_DIR "/src")) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with("_sql.hpp") || file == "copy_sql.hpp") {
      continue;
    }
    std::ifstream stream(entry.path());
    const std::string text((std::istreambuf_iterator<char>(stream)),
                           std::istreambuf_iterator<char>());
    for (std::sregex_iterator at(text.begin(), text.end(), statement), end; at != end; ++at) {
      names.insert((*at)[3]);
    }
  }
  return names;
}

// Found, and allowed here: those that differ are told.
void check_allowed(const std::map<std::string, std::string>& found,
                   std::span<const Allowed> allowed, const std::string& what) {
  std::set<std::string> may;
  for (const Allowed& one : allowed) {
    if ((one.on & here()) != 0) {
      may.emplace(one.name);
      CHECK_MESSAGE(found.contains(std::string(one.name)),
                    one.name << " may " << what << " and does not: " << one.why);
    }
  }
  for (const auto& one : found) {
    CHECK_MESSAGE(may.contains(one.first), one.first << " must not " << what << ": " << one.second);
  }
}

// Every statement that was sent, by name: a lock or a list makes several texts of one.
class Heard {
 public:
  Heard() = default;
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;
  // Also when the test fails on the way: nobody speaks to who is gone.
  ~Heard() { kameng::engine::use_seams({}); }
  void listen() {
    kameng::engine::use_seams({.before_statement = {},
                               .trace = [this](std::string_view name, std::string_view text,
                                               std::span<const kameng::sql::Value> values) {
                                 note(name, text, values);
                               }});
  }
  struct One {
    std::string name;
    SentStatement sent;
    std::vector<std::string> kept;  // what the values borrow
  };
  [[nodiscard]] const std::map<std::string, One>& all() const { return all_; }

 private:
  // Transactions and schemas have no plan.
  [[nodiscard]] static bool is_plannable(std::string_view text) {
    return std::any_of(begins.begin(), begins.end(),
                       [&](std::string_view begin) { return text.starts_with(begin); });
  }
  void note(std::string_view name, std::string_view text,
            std::span<const kameng::sql::Value> values) {
    if (!is_plannable(text)) {
      return;
    }
    const std::lock_guard lock(mutex_);
    const auto [at, is_new] = all_.try_emplace(std::string(name) + "\n" + std::string(text));
    if (!is_new) {
      return;
    }
    One& one = at->second;
    one.name = name;
    one.sent = {std::string(text), {values.begin(), values.end()}};
    one.kept.reserve(values.size());
    for (kameng::sql::Value& value : one.sent.values) {
      if (const auto* words = std::get_if<std::string_view>(&value)) {
        value = std::string_view(one.kept.emplace_back(*words));
      } else if (const auto* bytes = std::get_if<kameng::ByteView>(&value)) {
        const std::string& copy = one.kept.emplace_back(bytes->begin(), bytes->end());
        value = kameng::ByteView(reinterpret_cast<const std::uint8_t*>(copy.data()), copy.size());
      }
    }
  }

  static constexpr std::array<std::string_view, 5> begins{"SELECT ", "INSERT ", "UPDATE ",
                                                          "DELETE ", "WITH "};
  std::mutex mutex_;
  std::map<std::string, One> all_;
};

std::vector<std::string> json_files(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") {
      paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Plays every conversation there is; calls `opened` for each shop before it closes.
void play_everything(std::set<std::string>& operations) {
  const auto play = [&](const Json& config, const std::string& folder, const Json& setup,
                        const Json& steps) {
    Shop shop({.extra = config});
    Conversation talk(shop, folder);
    talk.heard = [&](const Spoken& step) { operations.insert(step.operation); };
    talk.play(setup, "setup");
    talk.play(steps, "steps");
    shop.must("system.run_due");
    shop.check_books();
  };
  const Json none = Json::array();
  for (const std::string& path : json_files(data + "/bindings")) {
    play(Json::object(), data + "/bindings", none, read_json(path)["steps"]);
  }
  for (const std::string& path : json_files(data + "/ops")) {
    const Json file = read_json(path);
    const Json cases = file.value("cases", none);
    for (const Json& one : cases) {
      if (is_for_storage(one)) {
        play(one.value("config", Json::object()), data + "/ops", file.value("setup", none),
             one["steps"]);
      }
    }
  }
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: the conversations that the bindings replay hold for the engine itself.
  // Method: each on an engine of its own.
  TEST_CASE("the conversations of the bindings") {
    const std::vector<std::string> paths = json_files(data + "/bindings");
    CHECK(paths.size() >= 4);
    for (const std::string& path : paths) {
      Shop shop;
      Conversation talk(shop, data + "/bindings");
      talk.play(read_json(path)["steps"], std::filesystem::path(path).filename().string());
    }
  }

  // Goal: no statement of the house reads a whole table that grows, and none sorts what an index
  //       could give in order, on any database; no statement is left out.
  // Method: every statement that any conversation makes the engine run, all operations together,
  //         and the rare ones, are explained on tables that the database takes for large; those
  //         that may are listed. The names are compared with those in the sources.
  TEST_CASE("no statement scans a growing table") {
    Heard heard;
    heard.listen();
    std::set<std::string> operations;
    play_everything(operations);
    kameng::engine::use_seams({});
    for (const Json& operation : description()["operations"]) {
      const std::string name = operation["name"];
      const bool is_of_files = name == "backup.verify" || name == "backup.restore";
      CHECK_MESSAGE((operations.contains(name) || (on_server() && is_of_files)), name);
    }

    const std::vector<PlanStep> none;
    Planner planner;
    std::set<std::string> explained;
    std::map<std::string, std::string> scans;
    std::map<std::string, std::string> sorts;
    const auto look = [&](const std::string& name, const std::vector<PlanStep>& steps) {
      explained.insert(name);
      for (const PlanStep& step : steps) {
        if (step.scans) {
          scans[name] += step.line + "; ";
        }
        if (step.sorts) {
          sorts[name] += step.line + "; ";
        }
      }
    };
    for (const auto& entry : heard.all()) {
      look(entry.second.name, planner.explain(entry.second.sent));
    }
    for (const Rare& one : rare) {
      const std::string name(one.statement->name);
      look(name, (one.on & here()) != 0 ? planner.explain(*one.statement) : none);
    }
    check_allowed(scans, may_scan, "scan");
    check_allowed(sorts, may_sort, "sort");
    const std::set<std::string> names = names_in_sources();
    CHECK(names.size() > 140);
    for (const std::string& name : names) {
      CHECK_MESSAGE(explained.contains(name), name << " is never explained");
    }
  }
}
