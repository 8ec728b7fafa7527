// staff.hpp - people who work for the shop, signed in, for tests of who may do what.
#pragma once

#include <string>

#include "support/conversation.hpp"
#include "support/shop.hpp"

namespace kameng::test {

// A person with a role (none: a customer), signed in; with a second factor, or without. What a
// context needs.
inline Json signed_in(Shop& shop, const std::string& email, const std::string& role,
                      bool by_factor) {
  const std::string account = shop.customer(email);
  if (!role.empty()) {
    Json request{{"account_id", account}, {"role", role}};
    if (role.starts_with("supplier")) {
      request["supplier_id"] = "sup-1";
    }
    shop.must("role.grant", request);
  }
  const Json login = shop.must_as(Json::object(), "account.login",
                                  {{"identifier", email}, {"password", "correct horse"}});
  const Json me{{"token", login["token"]}};
  if (by_factor) {
    const std::string secret = shop.must_as(me, "factor.enroll")["secret"];
    shop.must_as(me, "factor.confirm", {{"code", app_code(secret, ShopOptions{}.manual_ms)}});
  }
  return me;
}

}  // namespace kameng::test
