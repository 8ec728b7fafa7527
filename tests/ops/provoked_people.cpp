// provoked_people.cpp - what words alone do not bring about around people.
#include "ops/provoked_people.hpp"

#include <functional>

#include <doctest/doctest.h>

#include "crypto/random.hpp"
#include "support/conversation.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {
namespace {

const Json nobody = Json::object();
const Json with_wechat{
    {"identities",
     {{"wechat",
       {{"app_id", "wx1"}, {"app_secret", "s"}, {"redirect_uri", "https://shop.example/back"}}}}}};
const Json wechat_answer{{"status", 200}, {"body", R"({"openid":"o-1"})"}};
constexpr std::size_t seal_nonce_bytes = 24;

// A shop on a file with one customer, and a door beside it. `on_seal` runs whenever something is
// sealed: after a handler has looked, and before its phase.
struct People {
  TempFolder folder;
  std::function<void()> on_seal;
  Shop shop;
  SideDoor door;
  std::string account;

  People()
      : shop({.path = folder.file("shop.db"), .extra = with_wechat, .host = host()}),
        door(folder.file("shop.db")),
        account(shop.customer("li.na@example.com")) {}

  Host host() {
    Host made;
    made.random = [this](std::span<std::uint8_t> bytes) {
      crypto::SystemRandom().fill(bytes);
      if (on_seal && bytes.size() == seal_nonce_bytes) {
        on_seal();
      }
    };
    return made;
  }
  [[nodiscard]] Json me() const { return shop.on_behalf(account); }
};

void damage(People& people, const std::string& column) {
  people.door.run("UPDATE kameng_account SET " + column + " = zeroblob(length(" + column + "))");
}

Outcome by_me(const std::string& column, const std::string& operation, const Json& request) {
  People people;
  damage(people, column);
  return people.shop.call(operation, request, people.me());
}

Outcome update_damaged() {
  return by_me("person_key", "account.update", {{"display_name", "Tom"}});
}
Outcome set_contact_damaged() {
  return by_me("email", "contact.set", {{"phone", "13800138000"}});
}
Outcome remove_contact_damaged() {
  return by_me("email", "contact.remove", {{"contact", "email"}});
}
Outcome find_damaged() {
  People people;
  damage(people, "email");
  return people.shop.host("account.find", {{"account_id", people.account}});
}
Outcome list_damaged() {
  People people;
  damage(people, "email");
  return people.shop.host("account.list");
}
Outcome contacts_damaged() {
  People people;
  damage(people, "email");
  return people.shop.host("account.contacts", {{"account_id", people.account}, {"reason", "x"}});
}

Outcome contact_changed_meanwhile(const std::string& operation, const Json& request) {
  People people;
  people.on_seal = [&] {
    people.door.run("UPDATE kameng_account SET email_blind = zeroblob(length(email_blind))");
  };
  const Outcome outcome = people.shop.call(operation, request, people.me());
  people.on_seal = nullptr;
  return outcome;
}
Outcome set_changed() {
  return contact_changed_meanwhile("contact.set", {{"email", "another@example.com"}});
}
Outcome remove_changed() {
  return contact_changed_meanwhile("contact.remove", {{"contact", "email"}});
}

std::string parameter(const std::string& url, const std::string& name) {
  const std::size_t begin = url.find(name + "=") + name.size() + 1;
  return url.substr(begin, url.find_first_of("&#", begin) - begin);
}

// The request that brings the browser back.
Json redeem_request(Shop& shop) {
  const Json begun = shop.must_as(nobody, "identity.begin", {{"provider", "wechat"}});
  return {
      {"state", parameter(begun["url"], "state")}, {"binding", begun["binding"]}, {"code", "c0de"}};
}
// The request that brings the provider's answer.
Json answer_request(Shop& shop) {
  const Json progress = shop.must("identity.redeem", redeem_request(shop));
  return {{"flow_id", progress["flow_id"]}, {"response", wechat_answer}};
}

Outcome identity_changed() {
  People people;
  people.shop.must("identity.answer", answer_request(people.shop));
  const Json again = answer_request(people.shop);
  people.on_seal = [&] { people.door.run("DELETE FROM kameng_identity"); };
  const Outcome outcome = people.shop.host("identity.answer", again);
  people.on_seal = nullptr;
  return outcome;
}
Outcome identity_damaged() {
  People people;
  people.shop.must("identity.answer", answer_request(people.shop));
  const Json again = answer_request(people.shop);
  damage(people, "person_key");
  return people.shop.host("identity.answer", again);
}
Outcome identities_damaged() {
  People people;
  const Json progress = people.shop.must("identity.answer", answer_request(people.shop));
  people.door.run("UPDATE kameng_identity SET subject = zeroblob(length(subject))");
  return people.shop.call("identity.list", nobody, {{"token", progress["session"]["token"]}});
}

// The configuration loses the application while people are with the provider.
Outcome without_wechat(const std::string& operation, Json (*request)(Shop&)) {
  const TempFolder folder;
  Json asked;
  {
    Shop shop({.path = folder.file("shop.db"), .extra = with_wechat});
    asked = request(shop);
  }
  Shop shop({.path = folder.file("shop.db")});
  return shop.host(operation, asked);
}
Outcome redeem_without() {
  return without_wechat("identity.redeem", redeem_request);
}
Outcome answer_without() {
  return without_wechat("identity.answer", answer_request);
}

}  // namespace

const std::vector<Provoked>& provoked_people() {
  static const std::vector<Provoked> all{
      {"account.update", "crypto.open_failed", update_damaged},
      {"account.find", "crypto.open_failed", find_damaged},
      {"account.list", "crypto.open_failed", list_damaged},
      {"account.contacts", "crypto.open_failed", contacts_damaged},
      {"contact.set", "crypto.open_failed", set_contact_damaged},
      {"contact.set", "account.changed", set_changed},
      {"contact.remove", "crypto.open_failed", remove_contact_damaged},
      {"contact.remove", "account.changed", remove_changed},
      {"identity.redeem", "identity.provider_missing", redeem_without},
      {"identity.answer", "identity.provider_missing", answer_without},
      {"identity.answer", "account.changed", identity_changed},
      {"identity.answer", "crypto.open_failed", identity_damaged},
      {"identity.list", "crypto.open_failed", identities_damaged},
      // What the operation opens it has sealed itself, in the same call.
      {"account.link_host", "crypto.open_failed"},
  };
  return all;
}

}  // namespace kameng::test
