// provoked.cpp - one small disaster after the other.
#include "ops/provoked.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include <doctest/doctest.h>

#include "crypto/random.hpp"
#include "ops/provoked_backup.hpp"
#include "ops/provoked_people.hpp"
#include "support/conversation.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {
namespace {

const Json nobody = Json::object();
const Json li_na{{"identifier", "li.na@example.com"}, {"password", "correct horse"}};

Json new_account(const std::string& email) {
  return {{"email", email}, {"password", "correct horse"}};
}

// A shop on a file, its customer, and a door beside it.
struct FileShop {
  TempFolder folder;
  Shop shop;
  SideDoor door;
  std::string account;

  explicit FileShop(Host host = {})
      : shop({.path = folder.file("shop.db"), .host = std::move(host)}),
        door(folder.file("shop.db")),
        account(shop.customer("li.na@example.com")) {}
};

Outcome frozen() {
  FileShop at;
  at.door.run("UPDATE kameng_account SET status = 'frozen'");
  return at.shop.call("account.login", li_na, nobody);
}

// The password changes after it was checked and before the session is written; the session's nonce
// is drawn in between.
Outcome changed() {
  std::function<void()> on_random;
  Host host;
  host.random = [&](std::span<std::uint8_t> bytes) {
    crypto::SystemRandom().fill(bytes);
    if (on_random && bytes.size() == 16) {
      on_random();
    }
  };
  FileShop at(host);
  on_random = [&] { at.door.run("UPDATE kameng_account SET password_hash = 'another'"); };
  const Outcome outcome = at.shop.call("account.login", li_na, nobody);
  on_random = nullptr;
  return outcome;
}

Outcome schema_newer() {
  FileShop at;
  at.door.run("UPDATE kameng_migration SET number = 99 WHERE number = 2");
  return at.shop.host("schema.plan");
}

// A shop in a file, and a file that it shall move to after somebody has changed either.
Outcome moved(const std::string& target_script, bool leased) {
  FileShop at;
  Json storage{{"driver", "sqlite"}, {"path", at.folder.file("target.db")}};
  { Shop other({.path = at.folder.file("target.db")}); }
  SideDoor(at.folder.file("target.db")).run(target_script);
  if (leased) {
    at.door.run(
        "INSERT INTO kameng_job (kind, args, state, attempt, max_attempts, due_at_ms,"
        " created_at_ms) VALUES ('a', '', 'leased', 1, 2, 1790000000001, 0)");
  }
  return at.shop.host("storage.copy", {{"storage", storage}});
}

Outcome copy_unfit() {
  return moved("ALTER TABLE kameng_notice DROP COLUMN outcome", false);
}
Outcome copy_newer() {
  return moved("UPDATE kameng_migration SET number = 99 WHERE number = 2", false);
}
Outcome copy_leased() {
  return moved(
      "DROP TRIGGER kameng_audit_entry_no_delete; DELETE FROM kameng_audit_entry;"
      "DELETE FROM kameng_key",
      true);
}

Outcome with_damaged_contact(const std::string& operation) {
  FileShop at;
  at.door.run("UPDATE kameng_account SET email = zeroblob(length(email))");
  return at.shop.call(operation, nobody, at.shop.on_behalf(at.account));
}
Outcome sealed_contact_damaged() {
  return with_damaged_contact("account.get");
}
Outcome held_contact_damaged() {
  return with_damaged_contact("privacy.export");
}

// One hash at a time, and a long one runs.
Outcome busy(const std::string& operation, const Json& request) {
  std::atomic<bool> over = false;
  Shop shop({.extra = {{"accounts",
                        {{"argon2_memory_kib", 16 * 1024},
                         {"argon2_passes", 60},
                         {"argon2_parallel_max", 1}}}}});
  std::thread other([&] {
    static_cast<void>(shop.call("account.register", new_account("wu.di@example.com"), nobody));
    over = true;
  });
  Outcome outcome;
  do {
    outcome = shop.call(operation, request, {{"timeout_ms", 20}});
  } while (outcome.reason() != "account.busy" && !over);
  other.join();
  return outcome;
}

Outcome busy_register() {
  return busy("account.register", new_account("li.na@example.com"));
}

Outcome busy_login() {
  return busy("account.login", li_na);
}

Outcome busy_reset() {
  return busy("password.reset", {{"email", "li.na@example.com"},
                                 {"verification_id", "ver_01j9z3x8m40000000000000000"},
                                 {"code", "000000"},
                                 {"new_password", "another horse"}});
}

// The same calls by somebody who is signed in.
Outcome busy_signed_in(const std::string& operation, const Json& request) {
  std::atomic<bool> over = false;
  Shop shop({.extra = {{"accounts",
                        {{"argon2_memory_kib", 16 * 1024},
                         {"argon2_passes", 60},
                         {"argon2_parallel_max", 1}}}}});
  shop.customer("li.na@example.com");
  const Json token = shop.must_as(nobody, "account.login", li_na)["token"];
  std::thread other([&] {
    static_cast<void>(shop.call("account.register", new_account("wu.di@example.com"), nobody));
    over = true;
  });
  Outcome outcome;
  do {
    outcome = shop.call(operation, request, {{"token", token}, {"timeout_ms", 20}});
  } while (outcome.reason() != "account.busy" && !over);
  other.join();
  return outcome;
}

Outcome busy_prove() {
  return busy_signed_in("session.prove", {{"password", "wrong horse"}});
}
Outcome busy_change() {
  return busy_signed_in("password.change", {{"new_password", "another horse"}});
}

// A signed-in person with a confirmed second factor, and its damage.
Outcome with_damaged_factor(const std::string& operation, const Json& request, bool confirmed) {
  FileShop at;
  const Json me{{"token", at.shop.must_as(nobody, "account.login", li_na)["token"]}};
  const std::string secret = at.shop.must_as(me, "factor.enroll")["secret"];
  if (confirmed) {
    at.shop.must_as(me, "factor.confirm", {{"code", app_code(secret, 1'790'000'000'000)}});
  }
  at.door.run("UPDATE kameng_factor SET secret = zeroblob(length(secret))");
  return at.shop.call(operation, request, operation == "account.login" ? nobody : me);
}
Outcome login_factor_damaged() {
  Json request = li_na;
  request["factor_code"] = "123456";
  return with_damaged_factor("account.login", request, true);
}
Outcome prove_factor_damaged() {
  return with_damaged_factor("session.prove", {{"factor_code", "123456"}}, true);
}
Outcome confirm_factor_damaged() {
  return with_damaged_factor("factor.confirm", {{"code", "123456"}}, false);
}
Outcome enroll_contact_damaged() {
  return with_damaged_contact("factor.enroll");
}
Outcome device_damaged() {
  FileShop at;
  at.shop.must_as({{"device", "d"}}, "account.login", li_na);
  at.door.run("UPDATE kameng_session SET device = zeroblob(length(device))");
  return at.shop.call("session.list", nobody, at.shop.on_behalf(at.account));
}
// Somebody of the staff.
Outcome factor_needed() {
  FileShop at;
  const Json me{{"token", at.shop.must_as(nobody, "account.login", li_na)["token"]}};
  at.door.run("UPDATE kameng_account SET roles = 16");
  return at.shop.call("factor.disable", nobody, me);
}

Outcome sold_code_damaged() {
  FileShop at;
  const std::string sku = at.shop.stock_sku(1);
  at.shop.must("wallet.credit", {{"account_id", at.account},
                                 {"amount", {{"amount", 1000}, {"currency", "CNY"}}},
                                 {"source", "bank"},
                                 {"reason", "test"}});
  const Json order = at.shop.must_as(
      at.shop.on_behalf(at.account), "order.place",
      {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}, {"pay", {{"provider", "wallet"}}}});
  at.door.run("UPDATE kameng_code SET sealed = zeroblob(length(sealed))");
  return at.shop.host("code.reveal", {{"order_id", order["order_id"]}});
}

Outcome batch_key_damaged() {
  FileShop at;
  const std::string sku = at.shop.stock_sku(0);
  const Json batch = at.shop.must("code.import", {{"sku_id", sku}, {"content", "A-1\n"}});
  at.door.run("UPDATE kameng_batch SET sealed_key = zeroblob(length(sealed_key))");
  return at.shop.host("code.import",
                      {{"sku_id", sku}, {"batch_id", batch["batch_id"]}, {"content", "A-2\n"}});
}

// Ten thousand codes at the highest price there is, in a currency with a third decimal.
Outcome too_much_money() {
  constexpr int skus = 10;
  constexpr int codes = 1000;
  Shop shop;
  const Json category = shop.must("category.create", {{"name", "Dear"}});
  Json goods{{"category_id", category["category_id"]}, {"name", "Dear"}, {"skus", Json::array()}};
  for (int i = 0; i < skus; ++i) {
    goods["skus"].push_back({{"name", std::to_string(i)},
                             {"unit_price_micros", 1'000'000'000'000'000},
                             {"currency", "KWD"}});
  }
  const Json made = shop.must("goods.create", goods);
  shop.must("goods.publish", {{"goods_id", made["goods_id"]}});
  Json lines = Json::array();
  for (const Json& sku : made["skus"]) {
    shop.import_codes(sku["sku_id"], codes, "D");
    lines.push_back({{"sku_id", sku["sku_id"]}, {"quantity", codes}});
  }
  return shop.host("order.place", {{"lines", lines}});
}

}  // namespace

const std::vector<Provoked>& provoked() {
  static const std::vector<Provoked> most{
      {"schema.plan", "storage.schema_newer", schema_newer},
      {"storage.copy", "storage.schema_newer", copy_newer},
      {"storage.copy", "storage.copy_unfit", copy_unfit},
      {"storage.copy", "storage.copy_leased", copy_leased},
      // A library with drivers of servers.
      {"storage.copy", "storage.dsn_missing"},
      {"schema.plan", "storage.dsn_missing"},
      {"account.register", "account.busy", busy_register},
      {"account.login", "account.busy", busy_login},
      {"account.login", "account.frozen", frozen},
      {"account.login", "account.changed", changed},
      {"account.login", "crypto.open_failed", login_factor_damaged},
      {"session.prove", "account.busy", busy_prove},
      {"password.change", "account.busy", busy_change},
      {"password.reset", "account.busy", busy_reset},
      {"session.prove", "crypto.open_failed", prove_factor_damaged},
      {"session.list", "crypto.open_failed", device_damaged},
      {"factor.confirm", "crypto.open_failed", confirm_factor_damaged},
      {"factor.enroll", "crypto.open_failed", enroll_contact_damaged},
      {"factor.disable", "factor.needed_by_role", factor_needed},
      {"account.get", "crypto.open_failed", sealed_contact_damaged},
      {"privacy.export", "crypto.open_failed", held_contact_damaged},
      {"code.reveal", "code.unreadable", sold_code_damaged},
      {"code.import", "code.unreadable", batch_key_damaged},
      {"order.place", "quote.too_large", too_much_money},
      // A C library without GB18030; iconv finds it wherever these tests run.
      {"code.import", "text.encoding_missing"},
  };
  static const std::vector<Provoked> all = [] {
    std::vector<Provoked> together = most;
    const std::vector<Provoked>& backups = provoked_backups();
    together.insert(together.end(), backups.begin(), backups.end());
    const std::vector<Provoked>& people = provoked_people();
    together.insert(together.end(), people.begin(), people.end());
    return together;
  }();
  return all;
}

}  // namespace kameng::test
