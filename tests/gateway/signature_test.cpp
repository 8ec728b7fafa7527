// signature_test.cpp - programs that sign their requests, and what is tried against them.
#include <string>

#include <doctest/doctest.h>

#include <kameng/http.hpp>

#include "crypto/hash.hpp"
#include "crypto/sign.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

constexpr std::int64_t start_s = 1'790'000'000;

// One request before it is signed, and what its signature says.
struct Draft {
  std::string method = "POST";
  std::string authority = "shop.example";
  std::string target = "/v1/order.list";
  std::string body = "{}";
  std::string key_id;
  std::string alg = "hmac-sha256";
  std::string nonce = "nonce-0123456789";
  std::int64_t created_s = start_s;
  std::int64_t expires_s = start_s + 300;
};

// A program: signs as RFC 9421 says, by code of the test's own.
class Program {
 public:
  Program(Shop& shop, std::string key_id, std::string secret)
      : shop_(&shop), key_id_(std::move(key_id)), secret_(std::move(secret)) {}

  [[nodiscard]] Draft draft() {
    Draft made;
    made.key_id = key_id_;
    made.nonce = "nonce-" + std::to_string(1'000'000'000 + ++count_);
    return made;
  }
  [[nodiscard]] Json sign(const Draft& draft) const {
    const std::size_t mark = draft.target.find('?');
    const std::string path = draft.target.substr(0, mark);
    const std::string query = mark == std::string::npos ? "" : draft.target.substr(mark + 1);
    const std::string digest = "sha-256=:" + to_base64(crypto::sha256(as_bytes(draft.body))) + ":";
    const std::string params =
        R"(("@method" "@authority" "@path" "@query" "content-digest");created=)" +
        std::to_string(draft.created_s) + ";expires=" + std::to_string(draft.expires_s) +
        ";nonce=\"" + draft.nonce + "\";alg=\"" + draft.alg + "\";keyid=\"" + draft.key_id + "\"";
    const std::string base = "\"@method\": " + draft.method +
                             "\n\"@authority\": " + draft.authority + "\n\"@path\": " + path +
                             "\n\"@query\": ?" + query + "\n\"content-digest\": " + digest +
                             "\n\"@signature-params\": " + params;
    std::string signature;
    if (seed_) {
      const SecretBytes seed(as_bytes(secret_));
      signature = to_base64(crypto::SigningKey(seed).sign(as_bytes(base)));
    } else {
      signature = to_base64(crypto::hmac_sha256(as_bytes(secret_), as_bytes(base)));
    }
    return {{"method", draft.method},
            {"scheme", "https"},
            {"authority", draft.authority},
            {"target", draft.target},
            {"remote_ip", "192.0.2.1"},
            {"body", draft.body},
            {"headers", Json::array({Json::array({"Content-Type", "application/json"}),
                                     Json::array({"Content-Digest", digest}),
                                     Json::array({"Signature-Input", "sig=" + params}),
                                     Json::array({"Signature", "sig=:" + signature + ":"})})}};
  }
  // "200", or the status and reason of the refusal.
  [[nodiscard]] std::string send(const Json& request) {
    const auto answered = http::answer_document(shop_->engine(), request.dump());
    REQUIRE(answered.ok());
    const Json response = Json::parse(*answered);
    const std::string status = std::to_string(response["status"].get<int>());
    if (response["status"] == 200) {
      return status;
    }
    const Json document = Json::parse(response["body"].get<std::string>());
    return status + " " + document["error"]["reason"].get<std::string>();
  }
  [[nodiscard]] std::string send(const Draft& draft) { return send(sign(draft)); }
  void use_seed() { seed_ = true; }

 private:
  Shop* shop_;
  std::string key_id_;
  std::string secret_;
  bool seed_ = false;
  int count_ = 0;
};

Json headers_of(const Json& request, const std::string& name, const std::string& value) {
  Json changed = request;
  for (Json& pair : changed["headers"]) {
    if (pair[0] == name) {
      pair[1] = value;
    }
  }
  return changed;
}

std::string header_of(const Json& request, const std::string& name) {
  for (const Json& pair : request["headers"]) {
    if (pair[0] == name) {
      return pair[1];
    }
  }
  return {};
}

struct Made {
  std::string account;
  Json key;
};

Made make_key(Shop& shop, const std::string& email = "li.na@example.com") {
  Made made{shop.customer(email), {}};
  made.key = shop.must_as(shop.on_behalf(made.account), "api_key.create", {{"name", "robot"}});
  return made;
}

}  // namespace

TEST_SUITE("gateway") {
  // Goal: a signed request is its account's, counts once, and does nothing that asks for a person.
  // Method: an order by HMAC, the same request again; an Ed25519 key; a fresh proof asked for.
  TEST_CASE("a program calls by signature") {
    Shop shop;
    const std::string sku = shop.stock_sku(2);
    const Made made = make_key(shop);
    Program program(shop, made.key["key_id"], made.key["secret"]);
    Draft order = program.draft();
    order.target = "/v1/order.place";
    order.body = Json{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}}.dump();
    const Json request = program.sign(order);
    CHECK(program.send(request) == "200");
    CHECK(program.send(request) == "401 signature.replayed");
    CHECK(shop.must_as(shop.on_behalf(made.account), "order.list")["items"].size() == 1);
    Draft with_query = program.draft();
    with_query.target = "/v1/order.list?a=1";
    CHECK(program.send(with_query) == "200");
    Draft erase = program.draft();
    erase.target = "/v1/privacy.erase";
    CHECK(program.send(erase) == "403 proof.required");
    Draft staff = program.draft();
    staff.target = "/v1/role.list";
    CHECK(program.send(staff) == "403 call.forbidden");

    const std::string seed(32, 's');
    const crypto::SigningKey pair{SecretBytes(as_bytes(seed))};
    const Json key = shop.must_as(
        shop.on_behalf(made.account), "api_key.create",
        {{"name", "robot 2"}, {"alg", "ed25519"}, {"public_key", to_base64(pair.public_key())}});
    CHECK_FALSE(key.contains("secret"));
    Program second(shop, key["key_id"], seed);
    second.use_seed();
    Draft list = second.draft();
    list.alg = "ed25519";
    CHECK(second.send(list) == "200");
    list = second.draft();
    CHECK(second.send(list) == "401 signature.invalid");  // it says another alg than the key's
  }

  // Goal: a key that calls too often is stopped, and its account's other key is not.
  // Method: a burst of two, one call more.
  TEST_CASE("each key has a rate of its own") {
    Shop shop({.extra = {{"limits", {{"key", {{"per_minute", 60}, {"burst", 2}}}}}}});
    const Made made = make_key(shop);
    const Json other =
        shop.must_as(shop.on_behalf(made.account), "api_key.create", {{"name", "b"}});
    Program wild(shop, made.key["key_id"], made.key["secret"]);
    Program calm(shop, other["key_id"], other["secret"]);
    CHECK(wild.send(wild.draft()) == "200");
    CHECK(wild.send(wild.draft()) == "200");
    CHECK(wild.send(wild.draft()) == "429 limit.exceeded");
    CHECK(calm.send(calm.draft()) == "200");
    shop.must("system.advance_clock", {{"by_ms", 1000}});
    CHECK(wild.send(wild.draft()) == "200");
    CHECK(wild.send(wild.draft()) == "429 limit.exceeded");
  }

  // Goal: what was changed, cut, taken from elsewhere or kept for later is refused, and nothing is
  //       done.
  // Method: each attack on one good request; the good one passes afterwards.
  TEST_CASE("attacks on signatures are refused") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    const std::string sku = shop.stock_sku(2);
    const Made made = make_key(shop);
    const Made others = make_key(shop, "wu.di@example.com");
    Program program(shop, made.key["key_id"], made.key["secret"]);
    SideDoor door(temp.file("a.db"));
    Draft order = program.draft();
    order.target = "/v1/order.place?a=1";
    order.body = Json{{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}}.dump();
    const Json good = program.sign(order);
    const SideDoor::Tables before = door.tables();

    const auto changed = [&](const char* field, const std::string& value) {
      Json request = good;
      request[field] = value;
      return program.send(request);
    };
    CHECK(changed("body", Json{{"lines", {{{"sku_id", sku}, {"quantity", 2}}}}}.dump()) ==
          "401 signature.invalid");
    CHECK(changed("target", "/v1/order.place?a=2") == "401 signature.invalid");
    CHECK(changed("target", "/v1/order.place") == "401 signature.invalid");
    CHECK(changed("target", "/v1/order.list?a=1") == "401 signature.invalid");
    CHECK(changed("authority", "other.example") == "401 signature.invalid");
    const std::string input = header_of(good, "Signature-Input");
    const std::string signature = header_of(good, "Signature");
    const auto with_input = [&](const std::string& part, const std::string& by) {
      std::string text = input;
      const std::size_t at = text.find(part);
      REQUIRE(at != std::string::npos);
      return program.send(headers_of(good, "Signature-Input", text.replace(at, part.size(), by)));
    };
    CHECK(with_input("keyid=\"key_", "keyid=\"kez_") == "401 signature.invalid");
    CHECK(with_input(made.key["key_id"], others.key["key_id"]) == "401 signature.invalid");
    CHECK(with_input("hmac-sha256", "ed25519") == "401 signature.invalid");
    CHECK(with_input("hmac-sha256", "none") == "401 signature.invalid");
    CHECK(with_input("\"@query\" ", "") == "401 signature.invalid");
    CHECK(with_input(" \"content-digest\"", "") == "401 signature.invalid");
    CHECK(with_input("nonce-1", "nonce-2") == "401 signature.invalid");
    CHECK(with_input("created=1790000000", "created=1790000001") == "401 signature.invalid");
    CHECK(program.send(
              headers_of(good, "Signature", signature.substr(0, signature.size() - 9) + ":")) ==
          "401 signature.invalid");
    CHECK(program.send(headers_of(good, "Signature", "sig=::")) == "401 signature.invalid");
    CHECK(program.send(headers_of(good, "Content-Digest", "")) == "401 signature.invalid");
    for (const char* name : {"Signature", "Signature-Input", "Content-Digest"}) {
      Json twice = good;
      twice["headers"].push_back(Json::array({name, header_of(good, name)}));
      CHECK(program.send(twice) == "400 http.header_repeated");
      Json without = good;
      without["headers"].erase(std::find_if(without["headers"].begin(), without["headers"].end(),
                                            [&](const Json& pair) { return pair[0] == name; }));
      CHECK(program.send(without) == "401 signature.invalid");
    }
    Json with_token = good;
    with_token["headers"].push_back(Json::array({"Authorization", "Bearer kst_x"}));
    CHECK(program.send(with_token) == "401 http.authorization");

    Program wrong(shop, made.key["key_id"], others.key["secret"]);
    CHECK(wrong.send(order) == "401 signature.invalid");
    CHECK(differences(before, door.tables()) == "");
    CHECK(program.send(good) == "200");
    CHECK(program.send(good) == "401 signature.replayed");
    CHECK(shop.must_as(shop.on_behalf(made.account), "order.list")["items"].size() == 1);
  }

  // Goal: a signature counts for five minutes around its time.
  // Method: signed too early, too late, for too long, and for a time that ends before it begins.
  TEST_CASE("a signature of another time is stale") {
    Shop shop;
    const Made made = make_key(shop);
    Program program(shop, made.key["key_id"], made.key["secret"]);
    const auto at_time = [&](std::int64_t created_s, std::int64_t expires_s) {
      Draft late = program.draft();
      late.created_s = created_s;
      late.expires_s = expires_s;
      return program.send(late);
    };
    CHECK(at_time(start_s - 301, start_s - 1) == "401 signature.stale");
    CHECK(at_time(start_s - 301, start_s + 1) == "401 signature.stale");
    CHECK(at_time(start_s - 200, start_s - 1) == "401 signature.stale");
    CHECK(at_time(start_s + 301, start_s + 400) == "401 signature.stale");
    CHECK(at_time(start_s, start_s + 301) == "401 signature.stale");
    CHECK(at_time(start_s, start_s - 1) == "401 signature.stale");
    CHECK(at_time(start_s - 300, start_s) == "200");
    CHECK(at_time(start_s + 300, start_s + 600) == "200");
  }

  // Goal: while a key is rotated both secrets count, then the new one alone; a revoked key is none;
  //       of a frozen account neither.
  // Method: the clock, before and after the old secret's end.
  TEST_CASE("keys are rotated and revoked") {
    Shop shop;
    const Made made = make_key(shop);
    const Json me = shop.on_behalf(made.account);
    const Json rotated = shop.must_as(me, "api_key.rotate",
                                      {{"key_id", made.key["key_id"]}, {"old_for_ms", 60'000}});
    CHECK(rotated["secret"] != made.key["secret"]);
    Program before(shop, made.key["key_id"], made.key["secret"]);
    Program after(shop, made.key["key_id"], rotated["secret"]);
    CHECK(before.send(before.draft()) == "200");
    Draft next = after.draft();
    next.nonce = "another-nonce-00001";
    CHECK(after.send(next) == "200");
    shop.must("system.advance_clock", {{"by_ms", 60'000}});
    CHECK(before.send(before.draft()) == "401 signature.invalid");
    next.nonce = "another-nonce-00002";
    CHECK(after.send(next) == "200");
    shop.must("account.freeze", {{"account_id", made.account}, {"reason", "test"}});
    next.nonce = "another-nonce-00003";
    CHECK(after.send(next) == "403 account.frozen");
    shop.must("account.unfreeze", {{"account_id", made.account}, {"reason", "test"}});
    shop.must_as(me, "api_key.revoke", {{"key_id", made.key["key_id"]}});
    next.nonce = "another-nonce-00004";
    CHECK(after.send(next) == "401 signature.invalid");
    shop.must("system.advance_clock", {{"by_ms", 700'000}});
    CHECK(shop.must("system.run_due")["jobs"]["signature.prune"] == 3);
  }

  // Goal: a nonce counts once for all processes of a shop.
  // Method: one request to two engines on one file.
  TEST_CASE("a nonce counts once for two engines") {
    const TempFolder temp;
    Shop shop({.path = temp.file("a.db")});
    const Made made = make_key(shop);
    Shop other({.path = temp.file("a.db")});
    Program here(shop, made.key["key_id"], made.key["secret"]);
    Program there(other, made.key["key_id"], made.key["secret"]);
    const Json request = here.sign(here.draft());
    CHECK(there.send(request) == "200");
    CHECK(here.send(request) == "401 signature.replayed");
  }
}
