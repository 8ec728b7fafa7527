// plaintext_test.cpp - nothing secret is found in any file the engine writes.
#include "plaintext.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "support/shop.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

namespace {

const std::string password = "Tr0ub4dor&3-horse";
const std::string wrong_password = "Tr0ub4dor&4-horse";
const std::string email = "Wang.Xiaoming@Example.com";
const std::string phone = "+86 139 1234 5678";
const std::string guest_email = "guest.li@example.org";

struct Run {
  explicit Run(const std::string& path)
      : shop({.path = path, .extra = {{"log", {{"path", path + ".log"}, {"level", "trace"}}}}}) {}

  void secret(const std::string& name, const std::string& text) { search.look_for(name, text); }

  std::string code(int number) {
    const std::string text = "QX7-" + std::to_string(7'310'000 + number * 37) + "-ZK?~";
    secret("code " + std::to_string(number), text);
    return text;
  }

  Shop shop;
  Search search;
};

void import(Run& run, const std::string& sku) {
  std::string lines;
  for (int n = 0; n < 40; ++n) {
    lines += run.code(n) + "\n";
  }
  const Json request{{"sku_id", sku}, {"format", "lines"}, {"content", lines}};
  CHECK(run.shop.must("code.import", request)["imported"] == 40);
  Json again = request;
  again["duplicates"] = "reject";
  CHECK(run.shop.host("code.import", again).reason() == "code.duplicate");
  const std::string bad = run.code(99) + "\t\x01";
  CHECK(run.shop.must("code.import", {{"sku_id", sku},
                                      {"format", "lines"},
                                      {"content", bad + "\n"}})["rejected_total"] == 1);
}

Json people(Run& run) {
  const Json nobody = Json::object();
  run.secret("password", password);
  run.secret("wrong password", wrong_password);
  run.secret("e-mail", email);
  run.secret("e-mail, normal", "wang.xiaoming@example.com");
  run.secret("phone", phone);
  run.secret("phone, normal", "+8613912345678");
  run.secret("phone, digits", "13912345678");
  run.secret("guest's e-mail", guest_email);
  run.shop.must_as(nobody, "account.register",
                   {{"email", email}, {"phone", phone}, {"password", password}});
  CHECK(run.shop.call("account.register", {{"email", email}, {"password", password}}, nobody)
            .reason() == "account.contact_taken");
  CHECK(
      run.shop.call("account.login", {{"identifier", email}, {"password", wrong_password}}, nobody)
          .reason() == "account.bad_credentials");
  const Json login =
      run.shop.must_as(nobody, "account.login", {{"identifier", phone}, {"password", password}});
  run.secret("token", login["token"]);
  return {{"token", login["token"]}, {"idempotency_key", "mine"}};
}

void buy(Run& run, const std::string& sku, const Json& context, Json contact) {
  Json request{{"lines", {{{"sku_id", sku}, {"quantity", 5}}}}, {"pay", {{"provider", "sandbox"}}}};
  request.update(contact);
  const Json placed = run.shop.must_as(context, "order.place", request);
  CHECK(run.shop.must_as(context, "order.place", request) == placed);  // replayed by its key
  Json reveal{{"order_id", placed["order_id"]}};
  if (placed.contains("lookup_secret")) {
    reveal["lookup_secret"] = placed["lookup_secret"];
    run.secret("lookup secret", placed["lookup_secret"]);
    CHECK(run.shop
              .call("order.get", {{"order_id", placed["order_id"]}, {"lookup_secret", "wrong"}},
                    Json::object())
              .reason() == "order.not_found");
  }
  CHECK(run.shop.must_as(Json::object(), "notice.receive",
                         run.shop.notice_for(placed["payment"]["out_trade_no"]))["outcome"] ==
        "delivered");
  for (int times = 0; times < 2; ++times) {
    CHECK(run.shop.must_as(context, "code.reveal", reveal)["codes"].size() == 5);
  }
}

// The key file itself holds the key; no other file may, nor the key's bytes.
void look_for_key(Run& run, const std::string& key_file) {
  const std::size_t at = key_file.find("kmk1-");
  REQUIRE(at != std::string::npos);
  const std::string digits = key_file.substr(at + 5, 64);
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  run.secret("master key", bytes);
  run.secret("master key's digits", digits);
}

std::vector<std::string> found_in(const Run& run, const std::string& folder,
                                  const std::vector<std::string>& expected_files) {
  std::vector<std::string> found;
  const auto files = read_folder(folder);
  for (const std::string& name : expected_files) {
    CAPTURE(name);
    CHECK(files.count(name) == 1);
  }
  for (const auto& [name, bytes] : files) {
    if (name != "a.db.key") {
      const std::vector<std::string> here = run.search.in(name, bytes);
      found.insert(found.end(), here.begin(), here.end());
    }
  }
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("engine.plaintext");

// Goal: no code, password, token, lookup secret, contact or master key is in the database, its WAL,
// its index, any side file or a log that tells everything, in any usual encoding. Method: a whole
// trade with refusals and replays; then every file of the folder is searched, open and closed. The
// same search finds what is planted through the engine in each encoding.
TEST_CASE("no secret is found in any file") {
  const TempFolder folder;
  const std::string path = folder.file("a.db");
  Run run(path);
  const std::string sku = run.shop.stock_sku(0);
  import(run, sku);
  const Json me = people(run);
  buy(run, sku, me, Json::object());
  buy(run, sku, {{"ip", "192.0.2.7"}, {"idempotency_key", "guest's"}}, {{"contact", guest_email}});
  run.shop.must("system.run_due");
  run.shop.must("audit.checkpoint");
  run.shop.check_books();
  look_for_key(run, read_folder(folder.file("."))["a.db.key"]);
  CHECK(run.search.forms() == 11 * (41 + 8 + 2 + 2));
  CHECK(Json(found_in(run, folder.file("."), {"a.db", "a.db-wal", "a.db-shm", "a.db.log"})) ==
        Json::array());

  int planted = 0;
  for (const auto& [form, bytes] : forms_of(run.code(0))) {
    const bool is_text = bytes.find('\0') == std::string::npos;
    if (is_text) {
      const std::string name = "plant " + bytes + " " + std::to_string(++planted);
      run.shop.must("category.create", {{"name", name}});
    }
  }
  const std::vector<std::string> found = found_in(run, folder.file("."), {"a.db-wal"});
  CHECK(std::count_if(found.begin(), found.end(), [](const std::string& finding) {
          return finding.find(" in a.db-wal") != std::string::npos;
        }) >= planted);
  CHECK(planted == 9);
}

// Goal: the search sees each form of a secret among other bytes, and none where there is none.
// Method: a secret planted in each form at each alignment, written by an encoder of the test's own
// for base64: known encodings of "one-time" with 0, 1 and 2 bytes before it.
TEST_CASE("the search finds what is there") {
  Search search;
  search.look_for("it", "one-time");
  const auto finds = [&](const std::string& bytes) { return search.in("x", bytes).size(); };
  CHECK(finds("nothing of the kind: one time, b25lIHRpbWU=, 6f6e652074696d65") == 0);
  CHECK(finds("...one-time...") == 1);
  CHECK(finds(std::string("\0o\0n\0e\0-\0t\0i\0m\0e\0", 17)) == 2);
  CHECK(finds("xx6f6e652d74696d65xx") == 1);
  CHECK(finds("xx6F6E652D74696D65xx") == 1);
  CHECK(finds("b25lLXRpbWU=") == 2);      // "one-time", the same in both alphabets
  CHECK(finds("IG9uZS10aW1lIA==") == 2);  // " one-time "
  CHECK(finds("ICBvbmUtdGltZSAg") == 2);  // "  one-time  "
  Search odd;
  odd.look_for("it", "\xfb\xff\xfe?\?>");
  CHECK(odd.in("x", "-__-Pz8-").size() == 1);
  CHECK(odd.in("x", "+//+Pz8+").size() == 1);
}

TEST_SUITE_END();

}  // namespace kameng::test
