// busy.cpp - what the threads of a busy shop do.
#include "busy.hpp"

#include <mutex>
#include <random>

#include "threads.hpp"

namespace kameng::test {

namespace {

const Json host{{"as", "host"}};
const Json nobody = Json::object();

// What nobody can say the fate of; everything else is a decision of the shop.
bool is_technical(const std::string& status) {
  return status == "UNAVAILABLE" || status == "ABORTED" || status == "DEADLINE_EXCEEDED" ||
         status == "INTERNAL" || status == "DATA_LOSS" || status == "OUT_OF_MEMORY";
}

constexpr int acts_max = 3000;  // of one thread: what should have stopped it has not come

// One thread of the shop.
class Clerk {
 public:
  Clerk(Shop& shop, const BusyPlan& plan, const Tell& tell, std::atomic<bool>& stop, int number)
      : shop_(&shop),
        plan_(&plan),
        tell_(&tell),
        stop_(&stop),
        name_(plan.name + "-" + std::to_string(number)),
        random_(plan.seed * 1000 + static_cast<std::uint64_t>(number)) {}

  void work() {
    while (!*stop_ && acts_ < acts_max) {
      switch (draw(10)) {
        case 0:
          import(draw(8) == 0 ? 300 : 5 + draw(30));
          break;
        case 1:
          welcome();
          break;
        case 2:
        case 3:
          buy_from_wallet();
          break;
        case 4:
          look(shop_->call("system.run_due", {{"budget_ms", 5}}, host));
          break;
        default:
          buy();
      }
    }
  }

 private:
  int draw(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }

  bool look(const Outcome& outcome) {
    if (!outcome.ok && is_technical(outcome.error["status"])) {
      *stop_ = true;
    }
    return outcome.ok;
  }

  // One call with a key, told before and after. False when it was refused, failed, or came too
  // late.
  bool act(const char* operation, const Json& request, Json context, const Json& about,
           Json& answer) {
    if (*stop_) {
      return false;
    }
    const std::string id = name_ + "-" + std::to_string(++acts_);
    context["idempotency_key"] = id;
    Json event{{"id", id}, {"operation", operation}, {"context", context}, {"request", request}};
    event.update(about);
    (*tell_)(event);
    if (*stop_) {
      return false;
    }
    Outcome outcome = shop_->call(operation, request, context);
    if (look(outcome)) {
      (*tell_)({{"id", id}, {"answer", outcome.answer}});
      answer = std::move(outcome.answer);
      return !*stop_;
    }
    const bool failed = is_technical(outcome.error["status"]);
    (*tell_)({{"id", id}, {failed ? "failed" : "refused", outcome.reason()}});
    return false;
  }

  [[nodiscard]] Json of_customer(std::string& account) {
    account =
        plan_->customers[static_cast<std::size_t>(draw(static_cast<int>(plan_->customers.size())))];
    return shop_->on_behalf(account);
  }

  void import(int count) {
    std::string content;
    for (int i = 0; i < count; ++i) {
      content += name_ + "/" + std::to_string(acts_) + "/" + std::to_string(i) + "\n";
    }
    Json ignored;
    act("code.import",
        {{"sku_id", plan_->sku},
         {"format", "lines"},
         {"content", content},
         {"duplicates", draw(2) == 0 ? "reject" : "skip"}},
        host, {{"count", count}}, ignored);
  }

  void welcome() {
    const std::string email = name_ + "." + std::to_string(acts_) + "@example.com";
    Json answer;
    if (act("account.register", {{"email", email}, {"password", "correct horse"}}, nobody,
            Json::object(), answer)) {
      act("account.login", {{"identifier", email}, {"password", "correct horse"}}, nobody,
          Json::object(), answer);
    }
  }

  void buy_from_wallet() {
    std::string account;
    const Json customer = of_customer(account);
    const Json about{{"account", account}};
    Json answer;
    act("wallet.credit",
        {{"account_id", account},
         {"amount", {{"amount", 1000 + draw(500)}, {"currency", "CNY"}}},
         {"source", "bank"},
         {"reason", "paid in"}},
        host, about, answer);
    act("order.place",
        {{"lines", {{{"sku_id", plan_->sku}, {"quantity", 1}}}}, {"pay", {{"provider", "wallet"}}}},
        customer, about, answer);
  }

  void buy() {
    std::string account;
    const bool guest = draw(3) == 0;
    const Json context = guest ? nobody : of_customer(account);
    Json request{{"lines", {{{"sku_id", plan_->sku}, {"quantity", 1 + draw(3)}}}},
                 {"pay", {{"provider", "sandbox"}}}};
    if (guest) {
      request["contact"] = name_ + "@guests.example.com";
    }
    Json placed;
    if (!act("order.place", request, context, Json::object(), placed)) {
      return;
    }
    Json order{{"order_id", placed["order_id"]}};
    const Json about{{"order", placed["order_id"]}};
    if (guest) {
      order["lookup_secret"] = placed["lookup_secret"];
    }
    Json answer;
    const int ending = draw(10);
    if (ending == 0) {
      return;
    }
    if (ending <= 2) {
      act("order.cancel", order, context, about, answer);
      return;
    }
    const Outcome notice =
        shop_->call("sandbox.pay", {{"out_trade_no", placed["payment"]["out_trade_no"]}}, host);
    if (!look(notice)) {
      return;
    }
    const bool paid = act("notice.receive",
                          {{"provider", "sandbox"},
                           {"headers", notice.answer["headers"]},
                           {"body", notice.answer["body"]}},
                          nobody, about, answer);
    if (paid && draw(2) == 0) {
      act("code.reveal", order, context, about, answer);
    }
  }

  Shop* shop_;
  const BusyPlan* plan_;
  const Tell* tell_;
  std::atomic<bool>* stop_;
  const std::string name_;
  std::mt19937_64 random_;
  int acts_ = 0;
};

}  // namespace

void to_json(Json& json, const BusyPlan& plan) {
  json = {{"sku", plan.sku},
          {"customers", plan.customers},
          {"threads", plan.threads},
          {"seed", plan.seed},
          {"name", plan.name}};
}

void from_json(const Json& json, BusyPlan& plan) {
  plan = {json["sku"], json["customers"], json["threads"], json["seed"], json["name"]};
}

Json busy_config(const std::string& path, std::int64_t now_ms) {
  return shop_config({.path = path,
                      .manual_ms = now_ms,
                      .extra = {{"timeout_ms", 60'000},
                                {"orders",
                                 {{"hold_ms", 604'800'000},
                                  {"unpaid_per_account", 100'000},
                                  {"unpaid_per_contact", 100'000},
                                  {"unpaid_per_device", 100'000},
                                  {"unpaid_per_network", 100'000}}}}});
}

void keep_busy(Shop& shop, const BusyPlan& plan, const Tell& tell, std::atomic<bool>& stop) {
  std::mutex mutex;
  const Tell in_turn = [&](const Json& event) {
    const std::lock_guard lock(mutex);
    tell(event);
  };
  share_out(plan.threads, plan.threads,
            [&](int number) { Clerk(shop, plan, in_turn, stop, number).work(); });
}

}  // namespace kameng::test
