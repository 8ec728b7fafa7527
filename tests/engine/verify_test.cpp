// verify_test.cpp - system.verify against a database that somebody has had in hand.
#include <filesystem>
#include <set>

#include <doctest/doctest.h>

#include "support/clean_database.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng::test;

namespace {

using Names = std::set<std::string>;

Names failed_checks(const Json& verified) {
  Names names;
  for (const Json& check : verified["checks"]) {
    if (check["ok"] == false) {
      names.insert(check["name"]);
    }
  }
  return names;
}

Json buy(Shop& shop, const Json& context, const std::string& sku, const Json& pay = nullptr) {
  Json request{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}};
  if (!pay.is_null()) {
    request["pay"] = {{"provider", pay}};
  }
  return shop.must_as(context, "order.place", request);
}

// A shop in which something of everything has happened: orders in each state, folded and fresh
// entries, complete tiles and a checkpoint.
class Lived {
 public:
  Lived() {
    Shop shop({.path = path()});
    const std::string sku = shop.stock_sku(12);
    const Json theirs{{"supplier_id", "s-1"}};
    const std::string their_sku = shop.stock_sku(3, 20'000'000, "THEIRS", theirs);
    const Json li = shop.on_behalf(shop.customer("li.na@example.com"));
    const Json credit{{"account_id", li["account_id"]},
                      {"amount", {{"amount", 5000}, {"currency", "CNY"}}},
                      {"source", "bank"},
                      {"reason", "transfer"}};
    shop.must("wallet.credit", credit);
    CHECK(buy(shop, li, sku, "wallet")["status"] == "delivered");
    const Json delivered = buy(shop, li, their_sku);
    CHECK(shop.pay(delivered["order_id"]) == "delivered");
    shop.must("code.reveal", {{"order_id", delivered["order_id"]}});
    for (int i = 0; i < 260; ++i) {
      shop.must("category.create", {{"name", std::to_string(i)}});
    }
    // Short money on an order that is then cancelled: a refund in transit and a call to make.
    const Json cancelled = buy(shop, li, sku);
    CHECK(shop.pay(cancelled["order_id"], {{"amount", {{"amount", 400}, {"currency", "CNY"}}}}) ==
          "short");
    shop.must("order.cancel", {{"order_id", cancelled["order_id"]}});
    shop.must("system.run_due");
    shop.must("audit.checkpoint");
    shop.must("wallet.credit", credit);
    buy(shop, li, sku, "sandbox");
    shop.check_books();
  }
  [[nodiscard]] std::string path() const { return temp_.file("shop.db"); }

 private:
  TempFolder temp_{TempFolder::in_memory()};
};

// What system.verify finds in a copy of the shop after the damage.
Json verify_damaged(const Lived& lived, const std::string& damage) {
  const TempFolder temp{TempFolder::in_memory()};
  if (on_server()) {
    database_at(temp.file("shop.db")).fill_from(database_at(lived.path()));
  } else {
    std::filesystem::copy_file(lived.path(), temp.file("shop.db"));
  }
  std::filesystem::copy_file(lived.path() + ".key", temp.file("shop.db.key"));
  Shop shop({.path = temp.file("shop.db")});
  SideDoor(temp.file("shop.db")).run(damage);
  return shop.must("system.verify");
}

struct Damage {
  std::string sql;
  Names found;
  Names found_on_servers = {};  // too
};

const std::string no_checks = "PRAGMA ignore_check_constraints = ON;";

const std::vector<Damage> damages{
    {"DROP TRIGGER kameng_journal_no_delete; DELETE FROM kameng_journal WHERE kind ="
     " 'wallet.credited' AND id = (SELECT max(id) FROM kameng_journal)",
     {"ledger.journals_balance"}},
    {"DROP TRIGGER kameng_entry_no_update; UPDATE kameng_entry SET debit = debit + 1"
     " WHERE id = (SELECT max(id) FROM kameng_entry WHERE debit > 0)",
     {"ledger.journals_balance", "ledger.sum_zero"},
     // What is not folded yet is kept there as amounts of its own.
     {"ledger.snapshot"}},
    {"UPDATE kameng_ledger_total SET debit = debit + 1", {"ledger.snapshot"}},
    {"UPDATE kameng_ledger_balance SET balance = balance + 1", {"ledger.balances"}},
    {no_checks + "UPDATE kameng_ledger_balance SET balance = -1",
     {"ledger.balances", "ledger.not_negative"}},
    {"DELETE FROM kameng_ledger_balance", {"ledger.balances"}},
    {"UPDATE kameng_stock_count SET available = available + 1", {"vault.stock_counts_match"}},
    {no_checks + "UPDATE kameng_code SET order_id = (SELECT id FROM kameng_order WHERE status = 0)"
                 " WHERE id = (SELECT max(id) FROM kameng_code WHERE status = 1)",
     {"vault.codes_have_one_owner"}},
    {"UPDATE kameng_code SET ordinal = 0 WHERE ordinal = 1", {"vault.ordinals_are_unique"}},
    {"UPDATE kameng_code SET ordinal = 1000 WHERE id = 1", {"vault.codes_fit_their_batch"}},
    {"UPDATE kameng_code SET batch_id = zeroblob(16) WHERE id = 1",
     {"vault.codes_fit_their_batch"}},
    {"DROP TRIGGER kameng_audit_entry_no_update; UPDATE kameng_audit_entry SET position ="
     " position + 1000 WHERE position = (SELECT max(position) FROM kameng_audit_entry)",
     {"audit.positions"}},
    {"UPDATE kameng_audit_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0",
     {"audit.tiles"}},
    {"DELETE FROM kameng_audit_tile WHERE level = 1", {"audit.tiles"}},
    {"DROP TRIGGER kameng_audit_checkpoint_no_update; UPDATE kameng_audit_checkpoint"
     " SET root = zeroblob(32)",
     {"audit.checkpoints"}},
    {"DROP TRIGGER kameng_audit_checkpoint_no_update; UPDATE kameng_audit_checkpoint"
     " SET note = replace(note, 'kameng', 'another')",
     {"audit.checkpoints"}},
    // History rewritten, and history cut off.
    {"DROP TRIGGER kameng_audit_entry_no_update; UPDATE kameng_audit_entry SET body ="
     " replace(body, '\"host\"', '\"nobody\"') WHERE position = 5",
     {"audit.checkpoints", "audit.tiles"}},
    {"DROP TRIGGER kameng_audit_entry_no_delete; DELETE FROM kameng_audit_entry WHERE position >"
     " (SELECT max(size) - 2 FROM kameng_audit_checkpoint)",
     {"audit.checkpoints"}},
    {"UPDATE kameng_order_line SET amount = amount + 1 WHERE order_id ="
     " (SELECT id FROM kameng_order WHERE status = 0)",
     {"order.covered_by_lines"}},
    {"UPDATE kameng_order_line SET quantity = quantity + 1 WHERE order_id ="
     " (SELECT id FROM kameng_order WHERE status = 4 ORDER BY id DESC LIMIT 1)",
     {"order.delivered_has_its_codes"}},
    {"UPDATE kameng_order SET status = 2, delivered_at_ms = NULL WHERE id ="
     " (SELECT id FROM kameng_order WHERE status = 4 ORDER BY id DESC LIMIT 1)",
     {"order.balances_match", "order.undelivered_has_sold_nothing"}},
    {"UPDATE kameng_order SET status = 6, due_at_ms = NULL WHERE status = 0",
     {"order.ended_holds_nothing"}},
    {"DELETE FROM kameng_order WHERE status = 0", {"code.has_an_order"}},
    {"DROP TRIGGER kameng_entry_no_update; UPDATE kameng_entry SET owner = 'another'"
     " WHERE id = (SELECT max(id) FROM kameng_entry WHERE account = 200 AND credit > 0)",
     {"order.balances_match"}},
    {"UPDATE kameng_payment SET captured = captured + 1 WHERE id ="
     " (SELECT id FROM kameng_payment WHERE state = 2 ORDER BY id DESC LIMIT 1)",
     {"order.money_adds_up"}},
    {"UPDATE kameng_refund SET amount = amount + 1",
     {"order.money_adds_up", "order.refunds_within_payments", "refund.in_transit_is_open"}},
    {"UPDATE kameng_refund SET state = 2", {"refund.in_transit_is_open"}},
    {"UPDATE kameng_payment SET captured = 1 WHERE captured = 0", {"payment.captured_once"}},
    {"UPDATE kameng_outbox SET state = 'dead', due_at_ms = NULL", {"outbox.nothing_waits_forever"}},
    {"INSERT INTO kameng_job (kind, args, state, attempt, max_attempts, created_at_ms)"
     " VALUES ('notice.apply', '{}', 'dead', 9, 9, 0)",
     {"job.nothing_is_dead"}},
};

}  // namespace

TEST_SUITE("engine") {
  // Goal: each check of system.verify finds the damage it is for, and no check cries wolf.
  // Method: one row damaged in a copy of a shop that has seen everything; exactly the named checks
  //         must fail. Every check has its damage.
  TEST_CASE("system.verify finds each damage, and nothing else") {
    const Lived lived;
    const Json sound = verify_damaged(lived, "SELECT 1");
    CHECK(sound["ok"] == true);
    CHECK(failed_checks(sound) == Names{});
    Names found;
    for (const Damage& damage : damages) {
      CAPTURE(damage.sql);
      const Json verified = verify_damaged(lived, damage.sql);
      CHECK(verified["ok"] == false);
      const Names failed = failed_checks(verified);
      Names wanted = damage.found;
      if (on_server()) {
        wanted.insert(damage.found_on_servers.begin(), damage.found_on_servers.end());
      }
      CHECK(Json(failed) == Json(wanted));
      found.insert(failed.begin(), failed.end());
    }
    Names all;
    for (const Json& check : sound["checks"]) {
      all.insert(check["name"]);
    }
    CHECK(Json(found) == Json(all));
    CHECK(all.size() == sound["checks"].size());
  }
}
