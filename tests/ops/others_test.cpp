// others_test.cpp - what is somebody else's is unknown, to every operation that everybody may call.
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "support/contract.hpp"
#include "support/shop.hpp"
#include "support/staff.hpp"

using namespace kameng::test;

namespace {

// Ids that belong to somebody. Categories, goods and SKUs are for all to see, and a verification or
// a sign-in counts with its code alone.
const std::set<std::string> private_prefixes{"acc", "ses", "key", "idn", "ord", "pay"};

struct Attempt {
  const char* operation;
  Json request;  // with the other person's id in it
  const char* reason;
};

void collect_prefixes(const Json& type, std::set<std::string>& prefixes) {
  if (type.value("type", "") == "id") {
    prefixes.insert(type["prefix"].get<std::string>());
  }
  for (const Json& field : type.value("fields", Json::array())) {
    collect_prefixes(field, prefixes);
  }
  if (type.contains("item")) {
    collect_prefixes(type["item"], prefixes);
  }
}

// Operations that everybody may call and that take somebody's id.
std::set<std::string> operations_with_ids() {
  std::set<std::string> names;
  for (const Json& operation : description()["operations"]) {
    std::set<std::string> prefixes;
    collect_prefixes(operation["request"], prefixes);
    const bool is_everybodys =
        operation["permission"] == "anyone" || operation["permission"] == "own_account";
    for (const std::string& prefix : prefixes) {
      if (is_everybodys && private_prefixes.contains(prefix)) {
        names.insert(operation["name"]);
      }
    }
  }
  return names;
}

// Everything that a person can have an id of.
struct Owner {
  std::string account, session, key, identity, order, payment;
};

Owner make_owner(Shop& shop) {
  Owner owner;
  owner.account = shop.must("account.link_host", {{"host_user_id", "7"}})["account_id"];
  const Json me = shop.on_behalf(owner.account);
  shop.must_as(me, "contact.set", {{"email", "owner@example.com"}});
  shop.must_as(me, "password.change", {{"new_password", "correct horse"}});
  owner.session = shop.must_as(
      Json::object(), "account.login",
      {{"identifier", "owner@example.com"}, {"password", "correct horse"}})["session_id"];
  owner.key = shop.must_as(me, "api_key.create", {{"name", "robot"}})["key_id"];
  owner.identity = shop.must_as(me, "identity.list")["items"][0]["identity_id"];
  owner.order =
      shop.must_as(me, "order.place",
                   {{"lines", {{{"sku_id", shop.stock_sku(3)}, {"quantity", 1}}}}})["order_id"];
  owner.payment = shop.must_as(me, "payment.begin",
                               {{"order_id", owner.order}, {"provider", "sandbox"}})["payment_id"];
  return owner;
}

std::vector<Attempt> attempts(const Owner& owner) {
  return {
      {"order.get", {{"order_id", owner.order}}, "order.not_found"},
      {"order.explain", {{"order_id", owner.order}}, "order.not_found"},
      {"order.cancel", {{"order_id", owner.order}}, "order.not_found"},
      {"order.forget", {{"order_id", owner.order}}, "order.not_found"},
      {"order.list", {{"account_id", owner.account}}, "call.forbidden"},
      {"code.reveal", {{"order_id", owner.order}}, "order.not_found"},
      {"payment.get", {{"payment_id", owner.payment}}, "payment.not_found"},
      {"session.revoke", {{"session_id", owner.session}}, "session.not_found"},
      {"api_key.rotate", {{"key_id", owner.key}}, "api_key.not_found"},
      {"api_key.revoke", {{"key_id", owner.key}}, "api_key.not_found"},
      {"identity.unlink", {{"identity_id", owner.identity}}, "identity.not_found"},
      {"wallet.statement", {{"account_id", owner.account}}, "call.forbidden"},
      {"tier.history", {{"account_id", owner.account}}, "call.forbidden"},
      {"payment.begin", {{"order_id", owner.order}, {"provider", "sandbox"}}, "order.not_found"},
      {"payment.begin", {{"order_id", owner.order}, {"provider", "wallet"}}, "order.not_found"},
  };
}

}  // namespace

TEST_SUITE("ops") {
  // Goal: nobody reads, changes or ends what is somebody else's by naming it.
  // Method: every operation that is everybody's and takes an id of something that somebody has, by
  //         another customer, by a visitor and by a supplier's person; a list that the declarations
  //         must agree with.
  TEST_CASE("what is somebody else's is unknown") {
    Shop shop;
    const Owner owner = make_owner(shop);
    const Json callers[] = {signed_in(shop, "b@example.com", "", true),
                            signed_in(shop, "s@example.com", "supplier", true),
                            shop.on_behalf(shop.customer("c@example.com"))};
    std::set<std::string> tried;
    for (const Attempt& attempt : attempts(owner)) {
      CAPTURE(std::string(attempt.operation));
      tried.insert(attempt.operation);
      for (const Json& caller : callers) {
        CHECK(shop.call(attempt.operation, attempt.request, caller).reason() == attempt.reason);
      }
      const std::string visitor =
          shop.call(attempt.operation, attempt.request, Json::object()).reason();
      CHECK_MESSAGE((visitor == "call.unauthenticated" || visitor == attempt.reason ||
                     visitor == "account.required"),
                    visitor);
    }
    CHECK(Json(tried) == Json(operations_with_ids()));
    const Json me = shop.on_behalf(owner.account);
    CHECK(shop.must_as(me, "order.get", {{"order_id", owner.order}})["status"] ==
          "pending_payment");
    CHECK(shop.must_as(me, "session.list")["items"].size() == 1);
    CHECK(shop.must_as(me, "api_key.list")["items"].size() == 1);
    CHECK(shop.must_as(me, "identity.list")["items"].size() == 1);
  }
}
