// doors_test.cpp - who may come in, by documents and by structs, and for how long.
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include <doctest/doctest.h>

#include <kameng/account.hpp>
#include <kameng/api_key.hpp>
#include <kameng/audit.hpp>
#include <kameng/backup.hpp>
#include <kameng/category.hpp>
#include <kameng/contact.hpp>
#include <kameng/directory.hpp>
#include <kameng/factor.hpp>
#include <kameng/goods.hpp>
#include <kameng/identity.hpp>
#include <kameng/ledger.hpp>
#include <kameng/notice.hpp>
#include <kameng/order.hpp>
#include <kameng/outbox.hpp>
#include <kameng/password.hpp>
#include <kameng/payment.hpp>
#include <kameng/privacy.hpp>
#include <kameng/profile.hpp>
#include <kameng/readiness.hpp>
#include <kameng/sandbox.hpp>
#include <kameng/session.hpp>
#include <kameng/staff.hpp>
#include <kameng/storage_copy.hpp>
#include <kameng/system.hpp>
#include <kameng/tier.hpp>
#include <kameng/vault.hpp>
#include <kameng/verification.hpp>
#include <kameng/wallet.hpp>

#include "engine/seams.hpp"
#include "support/contract.hpp"
#include "support/shop.hpp"
#include "support/side_door.hpp"
#include "support/temp_folder.hpp"

using namespace kameng;
using namespace kameng::test;

namespace {

using AllRequests = std::tuple<
    account::Update, account::ListEvents, account::Close, account::Find, account::List,
    account::ReadContacts, account::LinkHost, contact::Set, contact::Remove, tier::List, tier::Set,
    tier::History, identity::Begin, identity::Redeem, identity::BringAnswer, identity::List,
    identity::Unlink, order::Forget, wallet::Statement, account::Register, account::Import,
    account::Login, account::Logout, account::Get, category::Create, category::List, goods::Create,
    goods::Get, goods::List, goods::Update, goods::Publish, goods::Withdraw, code::Import,
    stock::Get, order::Place, order::Get, order::List, order::Cancel, order::Explain, code::Reveal,
    payment::Begin, payment::Get, notice::Receive, outbox::Pull, outbox::Done, wallet::Credit,
    wallet::Get, sandbox::Pay, sandbox::AnswerCall, audit::MakeCheckpoint, audit::Prove,
    audit::Verify, backup::Create, backup::Increment, backup::Verify, backup::Restore,
    storage::PlanSchema, storage::CopyShop, system::RunDue, system::Verify, system::Health,
    system::GetMetrics, system::AdvanceClock, event::Pull, ledger::GetBalance, privacy::GiveConsent,
    privacy::ListConsents, privacy::Export, privacy::Erase, privacy::ListFields, system::Readiness,
    session::List, session::Revoke, session::RevokeAll, session::Prove, factor::Enroll,
    factor::Confirm, factor::RenewRecovery, factor::Disable, factor::Get, verification::Begin,
    role::Grant, role::Revoke, role::List, account::Freeze, account::Unfreeze, api_key::Create,
    api_key::Rotate, api_key::List, api_key::Revoke, password::Change, password::Reset>;

template <class Request>
std::string reason_of(Engine& engine, const Context& context) {
  const auto answer = engine.call(context, Request{});
  return answer.ok() ? "ok" : answer.error().reason;
}

template <class Request>
void try_strangers(Shop& shop, const Context& customer, std::set<std::string>& names) {
  const std::string name(Request::operation);
  CAPTURE(name);
  names.insert(name);
  const Json& permission = declared(name)["permission"];
  const bool open_to_all = permission == "anyone";
  const bool customers = open_to_all || permission == "own_account";
  const std::string nobodys = reason_of<Request>(shop.engine(), Context{});
  const std::string theirs = reason_of<Request>(shop.engine(), customer);
  CHECK((nobodys == "call.unauthenticated") == !open_to_all);
  CHECK((theirs == "call.forbidden") == !customers);
  CHECK(theirs != "call.unauthenticated");
  CHECK(reason_of<Request>(shop.engine(), Context::host()) != "call.forbidden");
}

Json login(Shop& shop, const std::string& email) {
  return shop.must_as(Json::object(), "account.login",
                      {{"identifier", email}, {"password", "correct horse"}});
}

}  // namespace

TEST_SUITE("engine") {
  // Goal: permission is checked at the door of structs as at the door of documents.
  // Method: every operation with an empty request by nobody, a customer and the host; the list of
  //         requests must be the registry's. The door of documents is tried in tests/ops.
  TEST_CASE("no struct gets round the permission") {
    Shop shop;
    Context customer = Context::host();
    customer.account_id = AccountId::parse(shop.customer("li.na@example.com"));
    REQUIRE(customer.account_id.has_value());
    std::set<std::string> names;
    std::apply(
        [&](auto... requests) { (try_strangers<decltype(requests)>(shop, customer, names), ...); },
        AllRequests{});
    CHECK(names.size() == description()["operations"].size());
    for (const Json& operation : description()["operations"]) {
      CHECK_MESSAGE(names.contains(operation["name"].get<std::string>()), operation["name"]);
    }
  }

  // Goal: both doors hold requests and contexts to the same bounds and share keys and answers.
  // Method: bounds broken through structs; one key through both doors.
  TEST_CASE("structs are held to the bounds of documents and share their keys") {
    Shop shop;
    const auto named =
        shop.engine().call(Context::host(), category::Create{.name = "", .parent_id = {}});
    REQUIRE_FALSE(named.ok());
    CHECK(named.error().reason == "field.length");
    CHECK(named.error().field == "name");
    Context context = Context::host();
    context.timeout_ms = -1;
    const auto timed =
        shop.engine().call(context, category::Create{.name = "Music", .parent_id = {}});
    REQUIRE_FALSE(timed.ok());
    CHECK(timed.error().reason == "field.range");
    CHECK(timed.error().field == "timeout_ms");
    context.timeout_ms = 0;
    context.as = "admin";
    CHECK(reason_of<system::Health>(shop.engine(), context) == "field.not_one_of");
    context.as = "host";
    context.idempotency_key = "k";
    const auto made =
        shop.engine().call(context, category::Create{.name = "Music", .parent_id = {}});
    REQUIRE(made.ok());
    const Json again = shop.must_as({{"as", "host"}, {"idempotency_key", "k"}}, "category.create",
                                    {{"name", "Music"}});
    CHECK(again["category_id"] == made->category_id.text());
  }

  // Goal: a session lives from use to use, ends when it is not used, and at once when it is ended.
  // Method: a window of one minute; uses before a tenth of it, after it, at its last moment, over
  // it.
  TEST_CASE("sessions slide, expire and end") {
    const TempFolder temp;
    Shop shop({.path = temp.file("shop.db"), .extra = {{"accounts", {{"session_ms", 60'000}}}}});
    SideDoor door(temp.file("shop.db"));
    shop.customer("li.na@example.com");
    const Json me{{"token", login(shop, "li.na@example.com")["token"]}};
    const auto seen = [&] { return door.number("SELECT max(last_seen_ms) FROM kameng_session"); };
    const auto use_after = [&](std::int64_t by_ms) {
      shop.must("system.advance_clock", {{"by_ms", by_ms}});
      return shop.call("account.get", Json::object(), me).reason();
    };
    const std::int64_t start = seen();
    CHECK(use_after(5'999) == "ok");
    CHECK(seen() == start);  // a tenth of the window has not passed: nothing is written
    CHECK(use_after(1) == "ok");
    CHECK(seen() == start + 6'000);
    CHECK(use_after(59'999) == "ok");
    CHECK(use_after(60'000) == "session.invalid");
    const Json another{{"token", login(shop, "li.na@example.com")["token"]}};
    CHECK(shop.call("account.logout", Json::object(), another).ok);
    const Outcome ended = shop.call("account.logout", Json::object(), another);
    CHECK(ended.reason() == "session.invalid");
    CHECK(ended.error["status"] == "UNAUTHENTICATED");
    CHECK(ended.error["field"] == "token");
    door.run("UPDATE kameng_account SET status = 'frozen'");
    CHECK(shop.call("account.login",
                    {{"identifier", "li.na@example.com"}, {"password", "correct horse"}},
                    Json::object())
              .reason() == "account.frozen");
  }

  // Goal: a customer who is frozen while signed in is out at once.
  // Method: frozen beside the engine.
  TEST_CASE("a frozen customer's token opens nothing") {
    const TempFolder temp;
    Shop shop({.path = temp.file("shop.db")});
    shop.customer("li.na@example.com");
    const Json me{{"token", login(shop, "li.na@example.com")["token"]}};
    CHECK(shop.call("account.get", Json::object(), me).ok);
    SideDoor(temp.file("shop.db")).run("UPDATE kameng_account SET status = 'frozen'");
    const Outcome outcome = shop.call("goods.list", Json::object(), me);
    CHECK(outcome.reason() == "account.frozen");
    CHECK(outcome.error["status"] == "PERMISSION_DENIED");
  }

  // Goal: another process that holds the file is waited for, but no longer than the call may take;
  //       who only reads does not wait.
  // Method: a transaction beside the engine.
  TEST_CASE("a busy file is waited out within the time of the call" *
            sqlite_only("it takes the whole file; conformance has the wait for a row")) {
    const TempFolder temp;
    Shop shop({.path = temp.file("shop.db")});
    SideDoor door(temp.file("shop.db"));
    door.run("BEGIN IMMEDIATE");
    const Outcome busy =
        shop.call("category.create", {{"name", "Music"}}, {{"as", "host"}, {"timeout_ms", 30}});
    CHECK(busy.reason() == "storage.busy");
    CHECK(busy.error["status"] == "UNAVAILABLE");
    CHECK(busy.error["retry"] == "same");
    CHECK(shop.host("category.list").ok);
    Outcome waited;
    std::thread other([&] { waited = shop.host("category.create", {{"name", "Music"}}); });
    door.run("COMMIT");
    other.join();
    CHECK(waited.ok);
    CHECK(shop.must("category.list")["items"].size() == 1);
  }

  // Goal: a caller whose time runs out in the queue goes away with nothing done.
  // Method: a statement of another caller stands still until the second has gone; on a server the
  //         queue is for the only connection.
  TEST_CASE("a call whose deadline passes in the queue does nothing") {
    std::mutex mutex;
    std::condition_variable changed;
    bool standing = false;
    bool go_on = false;
    engine::use_seams({.before_statement =
                           [&](std::string_view name) {
                             if (name == "goods.insert") {
                               std::unique_lock lock(mutex);
                               standing = true;
                               changed.notify_all();
                               changed.wait(lock, [&] { return go_on; });
                             }
                             return sql::Fault::none;
                           },
                       .trace = {}});
    ShopOptions options;
    if (on_server()) {
      options.extra = {{"storage", {{"pool_size", 1}}}};
    }
    Shop shop(options);
    engine::use_seams({});
    const Json category = shop.must("category.create", {{"name", "Music"}});
    Outcome slow;
    std::thread other([&] {
      slow =
          shop.host("goods.create",
                    {{"category_id", category["category_id"]},
                     {"name", "Song"},
                     {"skus", {{{"name", "1"}, {"unit_price_micros", 1}, {"currency", "CNY"}}}}});
    });
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return standing; });
    }
    const Outcome late =
        shop.call("category.create", {{"name", "Films"}}, {{"as", "host"}, {"timeout_ms", 20}});
    {
      const std::lock_guard lock(mutex);
      go_on = true;
    }
    changed.notify_all();
    other.join();
    CHECK(slow.ok);
    CHECK(late.reason() == "call.deadline");
    CHECK(late.error["status"] == "DEADLINE_EXCEEDED");
    CHECK(late.error["retry"] == "same");
    CHECK(shop.must("category.list")["items"].size() == 1);
  }
}
