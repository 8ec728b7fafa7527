// erase_test.cpp - a person who is forgotten is in no file any more: not in clear, not sealed, not
// as the hash they were found by.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "engine/privacy_service.hpp"
#include "order/forget.hpp"
#include "plaintext.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

const std::string email = "Li.Na@Example.com";
const std::string phone = "+86 138 0013 8000";

const Json with_wechat{
    {"identities",
     {{"wechat",
       {{"app_id", "wx1"}, {"app_secret", "s"}, {"redirect_uri", "https://shop.example/back"}}}}}};

std::string parameter(const std::string& url, const std::string& name) {
  const std::size_t begin = url.find(name + "=") + name.size() + 1;
  return url.substr(begin, url.find_first_of("&#", begin) - begin);
}

void link_wechat(Shop& shop, const Json& me) {
  const Json begun =
      shop.must_as(me, "identity.begin", {{"provider", "wechat"}, {"purpose", "link"}});
  const Json flow = shop.must("identity.redeem", {{"state", parameter(begun["url"], "state")},
                                                  {"binding", begun["binding"]},
                                                  {"code", "c0de"}});
  shop.must("identity.answer",
            {{"flow_id", flow["flow_id"]},
             {"response",
              {{"status", 200}, {"body", R"({"openid":"o-of-li-na","unionid":"u-of-li-na"})"}}}});
}

// A person with everything that the register knows of, and another one who stays.
struct People {
  explicit People(Shop& shop) {
    const std::string sku = shop.stock_sku(30);
    account = shop.must("account.register", {{"email", email},
                                             {"phone", phone},
                                             {"password", "correct horse 9"},
                                             {"display_name", "Li Na of Hangzhou"}})["account_id"];
    const Json from{
        {"ip", "203.0.113.77"}, {"device", "device-of-li-na"}, {"user_agent", "Li's browser"}};
    Json me = from;
    me["token"] = shop.must_as(from, "account.login",
                               {{"identifier", email}, {"password", "correct horse 9"}})["token"];
    shop.must_as(me, "consent.give", {{"text", "privacy_policy"}, {"version", "1"}});
    shop.must_as(me, "factor.enroll");
    shop.must_as(me, "api_key.create", {{"name", "li's robot"}});
    shop.must_as(from, "verification.begin", {{"email", email}, {"purpose", "login"}});
    for (int i = 0; i < 3; ++i) {
      const Json placed = shop.must_as(me, "order.place",
                                       {{"lines", {{{"sku_id", sku}, {"quantity", 2}}}},
                                        {"contact", "gift.for.wang@example.com"}});
      CHECK(shop.pay(placed["order_id"]) == "delivered");
      orders.push_back(placed["order_id"]);
      shop.must_as(me, "code.reveal", {{"order_id", placed["order_id"]}});
    }
    shop.must_as(me, "account.update", {{"locale", "zh-Hangzhou"}});
    link_wechat(shop, me);
    context = me;
    other = shop.customer("other@example.com");
  }

  std::string account, other;
  Json context;
  std::vector<std::string> orders;
};

std::string hex_of(const std::string& id, std::string_view prefix) {
  const auto bytes = parse_id(prefix, id);
  REQUIRE(bytes.has_value());
  return to_hex(*bytes);
}

// Every value of a registered column that belongs to the account, as bytes.
template <class Columns>
void collect(SideDoor& door, const std::string& account, const Columns& columns,
             std::vector<std::pair<std::string, std::int64_t>>& counts) {
  for (const account::PersonalColumn& column : columns) {
    if (column.owner.empty()) {
      continue;  // of a contact or a message: short-lived, and of no account
    }
    const std::string table = "kameng_" + std::string(column.table);
    const std::string name(column.column);
    counts.emplace_back(
        table + "." + name,
        door.number("SELECT count(*) FROM " + table + " WHERE " + std::string(column.owner) +
                    " = x'" + hex_of(account, "acc") + "' AND length(" + name + ") > 0"));
  }
}

std::vector<std::pair<std::string, std::int64_t>> register_of(SideDoor& door,
                                                              const std::string& account) {
  std::vector<std::pair<std::string, std::int64_t>> counts;
  collect(door, account, account::personal_columns, counts);
  collect(door, account, order::personal_columns, counts);
  return counts;
}

// The sealed values and hashes of the person, to be looked for as bytes.
void look_for_rows(SideDoor& door, const People& people, Search& search) {
  const auto tables = door.tables();
  const std::string own = hex_of(people.account, "acc");  // the pseudonym, and order ids, stay
  const auto blobs_of = [&](const std::string& table, const std::string& id) {
    for (const std::string& row : tables.at(table)) {
      if (row.find("x" + id) == std::string::npos) {
        continue;
      }
      std::size_t at = 0;
      while (at < row.size()) {
        const std::size_t end = std::min(row.find('|', at), row.size());
        const std::string value = row.substr(at, end - at);
        if (value.size() >= 33 && value[0] == 'x' && value != "x" + id && value != "x" + own &&
            value.find_first_not_of("0123456789abcdef", 1) == std::string::npos) {
          const auto bytes = from_hex(value.substr(1));
          REQUIRE(bytes.has_value());
          search.look_for("a value of " + table, std::string(bytes->begin(), bytes->end()));
        }
        at = end + 1;
      }
    }
  };
  blobs_of("kameng_account", own);
  blobs_of("kameng_session", own);
  blobs_of("kameng_factor", own);
  blobs_of("kameng_identity", own);
  for (const std::string& row : tables.at("kameng_outbox")) {
    if (row.find("message.send") != std::string::npos) {
      const std::size_t at = row.find("|x", row.find("message.send"));
      const std::string value = row.substr(at + 2, row.find('|', at + 2) - at - 2);
      const auto bytes = from_hex(value);
      REQUIRE(bytes.has_value());
      search.look_for("a message", std::string(bytes->begin(), bytes->end()));
    }
  }
  for (const std::string& order : people.orders) {
    blobs_of("kameng_order", hex_of(order, "ord"));
  }
}

std::vector<std::string> found_in(const Search& search, const std::string& folder) {
  std::vector<std::string> found;
  for (const auto& [name, bytes] : read_folder(folder)) {
    const std::vector<std::string> here = search.in(name, bytes);
    found.insert(found.end(), here.begin(), here.end());
  }
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("engine.erase");

// Goal: after privacy.erase nothing personal of the account is left in the database, its WAL and
// new backups, while the books, the orders and the audit log hold; an older backup that is restored
// is made to forget as well.
// Method: a person with a value in every column of the register; the sealed bytes and hashes are
// noted before and searched for in every file afterwards.
TEST_CASE("who is forgotten is in no file any more") {
  const TempFolder folder;
  const TempFolder old_backups, new_backups, restored;
  Shop shop({.path = folder.file("a.db"), .extra = with_wechat});
  const People people(shop);
  SideDoor door(folder.file("a.db"));
  for (const auto& one : register_of(door, people.account)) {
    CHECK_MESSAGE(one.second > 0, one.first);  // the person has one of each
  }
  Search search;
  for (const char* clear :
       {"Li.Na@Example.com", "li.na@example.com", "+8613800138000", "13800138000",
        "Li Na of Hangzhou", "gift.for.wang@example.com", "203.0.113.77", "device-of-li-na",
        "Li's browser", "o-of-li-na", "u-of-li-na"}) {
    search.look_for(clear, clear);
  }
  CHECK(Json(found_in(search, folder.file("."))) == Json::array());
  look_for_rows(door, people, search);
  shop.must("backup.create", {{"folder", old_backups.file("chain")}});
  const std::vector<std::string> before = found_in(search, folder.file("."));
  CHECK(before.size() > 10);  // sealed, they are there

  const Json held = shop.must_as(people.context, "privacy.export");
  CHECK(held["account"]["email"] == "Li.Na@example.com");
  CHECK(held["orders"].size() == 3);
  CHECK(held["orders"][0]["contact"] == "gift.for.wang@example.com");
  CHECK(held["orders"][0]["payments"].size() == 1);
  CHECK(held["consents"].size() == 1);
  CHECK(held["sessions"].size() == 1);
  CHECK(held["sessions"][0]["device"] == "device-of-li-na");
  CHECK(held["sessions"][0]["ip"] == "203.0.113.77");
  CHECK(held["factor"]["enabled"] == false);
  CHECK(held["identities"][0]["subject"] == "o-of-li-na");
  CHECK(held["security_events"].size() == 3);
  CHECK(held["account"]["locale"] == "zh-Hangzhou");
  CHECK(held["api_keys"][0]["name"] == "li's robot");

  shop.must_as(people.context, "privacy.erase");
  for (const auto& one : register_of(door, people.account)) {
    CHECK_MESSAGE(one.second == 0, one.first);
  }
  CHECK(Json(found_in(search, folder.file("."))) == Json::array());
  shop.must("backup.create", {{"folder", new_backups.file("chain")}});
  CHECK(Json(found_in(search, new_backups.file("chain"))) == Json::array());
  shop.check_books();
  shop.must("system.run_due");
  shop.check_books();
  CHECK(shop.must("order.get", {{"order_id", people.orders[0]}})["status"] == "delivered");
  CHECK(shop.must_as(shop.on_behalf(people.other), "account.get")["email"] == "other@example.com");

  const std::string back = restored.file("back.db");
  shop.must("backup.restore", {{"folder", old_backups.file("chain")}, {"path", back}});
  CHECK(Json(found_in(search, restored.file("."))) == Json::array());
  std::filesystem::copy_file(folder.file("a.db.key"), back + ".key");
  Shop again({.path = back});
  CHECK(again.host("account.login", {{"identifier", email}, {"password", "correct horse 9"}})
            .reason() == "account.bad_credentials");
  again.check_books();
}

// Goal: every column that is sealed or a keyed hash is in the register, or known to be nobody's.
// Method: all columns of bytes, in a fresh database, that are not ids.
TEST_CASE("no sealed column is missing from the register") {
  const TempFolder folder;
  Shop shop({.path = folder.file("a.db")});
  SideDoor door(folder.file("a.db"));
  std::set<std::string> known;
  const Json fields = shop.must("privacy.fields");
  for (const Json& field : fields["items"]) {
    known.insert(field["table"].get<std::string>() + "." + field["column"].get<std::string>());
  }
  CHECK(known.size() == account::personal_columns.size() + order::personal_columns.size());
  const std::set<std::string> nobodys{
      "key.sealed",
      "key.master_id",
      "batch.sealed_key",
      "code.blind",
      "code.sealed",
      "order.lookup_hash",
      "identity_flow.state_hash",
      "identity_flow.binding_hash",
      "mark.at",
      "session.nonce",
      "session.token_hash",
      "idempotency.id",
      "idempotency.digest",
      "idempotency.lease",
      "notice.digest",
      "factor.recovery_nonce",
      "api_key.material",
      "api_key.old_material",
      "signature_nonce.nonce_hash",
      "recovery_code.code_hash",
      "verification.code_hash",
      "audit_tile.hashes",
      "audit_checkpoint.root",
      "audit_checkpoint.signature",
  };
  for (const auto& [table, rows] : door.tables()) {
    for (const std::string& column : door.columns(table)) {
      const std::string name = table.substr(std::string("kameng_").size()) + "." + column;
      const bool is_bytes = door.number("SELECT type = 'BLOB' FROM pragma_table_info('" + table +
                                        "') WHERE name = '" + column + "'") == 1;
      const bool is_id = column == "id" || column.ends_with("_id");
      if (is_bytes && !is_id && !nobodys.contains(name)) {
        CHECK_MESSAGE(known.contains(name), name);
      }
    }
  }
}

TEST_SUITE_END();

}  // namespace kameng::test
