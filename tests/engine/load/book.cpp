// book.cpp - writing down and comparing.
#include "book.hpp"

#include <algorithm>

namespace kameng::test {

namespace {

const Json host{{"as", "host"}};

// Where a call that is under way may have brought its order already.
std::string target_of(const Json& event) {
  const std::string operation = event["operation"];
  return operation == "notice.receive" ? "delivered"
         : operation == "order.cancel" ? "cancelled"
                                       : "";
}

// Calls that nothing in the rules forbids: repeated with their key they succeed, whether they had
// happened or not.
bool must_succeed(const std::string& operation) {
  return operation != "order.place";
}

}  // namespace

void Book::stocked(const std::string& sku, std::int64_t codes) {
  sku_ = sku;
  imported_ += codes;
}

void Book::record(const Json& event) {
  const std::string id = event["id"];
  if (event.contains("operation")) {
    under_way_[id] = event;
  } else if (event.contains("answer")) {
    note(under_way_.at(id), event["answer"]);
    under_way_.erase(id);
    ++acknowledged_;
  } else if (event.contains("refused")) {
    under_way_.erase(id);
  } else {
    ++failures_[event["failed"]];
  }
}

void Book::note(const Json& event, const Json& answer) {
  const std::string operation = event["operation"];
  const Json& request = event["request"];
  if (operation == "code.import") {
    imported_ += answer["imported"].get<std::int64_t>();
  } else if (operation == "wallet.credit") {
    wallets_[event["account"]] += request["amount"]["amount"].get<std::int64_t>();
  } else if (operation == "account.register") {
    emails_[answer["account_id"]] = request["email"];
  } else if (operation == "account.login") {
    tokens_.push_back(answer["token"]);
  } else {
    note_order(event, answer);
  }
}

void Book::note_order(const Json& event, const Json& answer) {
  const std::string operation = event["operation"];
  if (operation == "order.place") {
    Order& order = orders_[answer["order_id"]];
    order.context = event["context"];
    order.context.erase("idempotency_key");
    order.request = {{"order_id", answer["order_id"]}};
    if (answer.contains("lookup_secret")) {
      order.request["lookup_secret"] = answer["lookup_secret"];
    }
    order.status = answer["status"];
    order.quantity = event["request"]["lines"][0]["quantity"];
    if (event.contains("account")) {
      wallets_[event["account"]] -= answer["total"]["amount"].get<std::int64_t>();
    }
    return;
  }
  Order& order = orders_.at(event["order"]);
  if (operation == "notice.receive") {
    order.status = answer["outcome"];
  } else if (operation == "order.cancel") {
    order.status = answer["status"];
  } else if (operation == "code.reveal") {
    order.codes.clear();
    for (const Json& code : answer["codes"]) {
      order.codes.push_back(code["text"]);
    }
  }
}

std::vector<std::string> Book::check(Shop& shop) {
  Problems problems;
  check_orders(shop, false, problems);
  finish(shop, problems);
  check_orders(shop, true, problems);
  check_codes(shop, problems);
  if (!sku_.empty()) {
    check_stock(shop, problems);
  }
  check_people(shop, problems);
  check_books(shop, problems);
  return problems;
}

void Book::check_orders(Shop& shop, bool finished, Problems& problems) {
  std::map<std::string, std::string> may_be;
  for (const auto& [id, event] : under_way_) {
    if (event.contains("order") && !finished) {
      may_be[event["order"]] = target_of(event);
    }
  }
  for (const auto& [id, order] : orders_) {
    const Outcome found = shop.call("order.get", order.request, order.context);
    const std::string status = found.ok ? found.answer["status"] : found.error["reason"];
    const auto other = may_be.find(id);
    if (status != order.status && (other == may_be.end() || other->second != status)) {
      problems.push_back(id + " was acknowledged as " + order.status + " and is " + status);
    }
  }
}

void Book::finish(Shop& shop, Problems& problems) {
  for (const auto& [id, event] : under_way_) {
    const std::string operation = event["operation"];
    ++repeated_;
    const Outcome outcome = shop.call(operation, event["request"], event["context"]);
    if (outcome.ok) {
      if (operation == "code.import" && outcome.answer["imported"] != event["count"]) {
        problems.push_back(id + " imported " + outcome.answer["imported"].dump() + " of " +
                           event["count"].dump());
      }
      note(event, outcome.answer);
    } else if (must_succeed(operation) || outcome.error["status"] == "INTERNAL") {
      problems.push_back(operation + " " + id + ", repeated: " + outcome.reason());
    }
  }
  under_way_.clear();
}

// Delivered orders that nobody has looked at are looked at now.
void Book::check_codes(Shop& shop, Problems& problems) {
  for (auto& [id, order] : orders_) {
    if (order.status == "delivered" && order.codes.empty()) {
      const Outcome revealed = shop.call("code.reveal", order.request, order.context);
      if (!revealed.ok) {
        problems.push_back(id + " is delivered, but its codes: " + revealed.reason());
        continue;
      }
      note_order({{"operation", "code.reveal"}, {"order", id}}, revealed.answer);
    }
    const auto wanted = order.status == "delivered" ? order.quantity : 0;
    if (static_cast<std::int64_t>(order.codes.size()) != wanted) {
      problems.push_back(id + " has " + std::to_string(order.codes.size()) + " codes");
    }
    for (const std::string& code : order.codes) {
      const auto [first, is_new] = given_out_.emplace(code, id);
      if (!is_new && first->second != id) {
        problems.push_back(id + " and " + first->second + " have the same code");
      }
    }
  }
}

void Book::check_stock(Shop& shop, Problems& problems) const {
  std::int64_t held = 0, sold = 0;
  for (const auto& [id, order] : orders_) {
    held += order.status == "pending_payment" ? order.quantity : 0;
    sold += order.status == "delivered" ? order.quantity : 0;
  }
  const Json expected{{"available", imported_ - held - sold}, {"held", held}, {"sold", sold}};
  const Outcome stock = shop.call("stock.get", {{"sku_id", sku_}}, host);
  if (!stock.ok || stock.answer != expected) {
    problems.push_back("the stock is " + (stock.ok ? stock.answer.dump() : stock.reason()) +
                       " and not " + expected.dump());
  }
}

void Book::check_people(Shop& shop, Problems& problems) const {
  for (const auto& [account, balance] : wallets_) {
    const Outcome wallet = shop.call("wallet.get", Json::object(), shop.on_behalf(account));
    if (!wallet.ok || wallet.answer["balance"]["amount"] != balance) {
      problems.push_back("the wallet of " + account + " holds " +
                         (wallet.ok ? wallet.answer["balance"].dump() : wallet.reason()) +
                         " and not " + std::to_string(balance));
    }
  }
  for (const auto& [account, email] : emails_) {
    const Outcome found = shop.call("account.get", Json::object(), shop.on_behalf(account));
    if (!found.ok || found.answer["email"] != email) {
      problems.push_back("the account " + account + " is not there");
    }
  }
  for (const std::string& token : tokens_) {
    if (!shop.call("account.get", Json::object(), {{"token", token}}).ok) {
      problems.push_back("a session is not there");
    }
  }
}

void Book::check_books(Shop& shop, Problems& problems) {
  const Outcome verified = shop.call("system.verify", Json::object(), host);
  if (!verified.ok || verified.answer["ok"] != true) {
    problems.push_back("system.verify: " +
                       (verified.ok ? verified.answer["checks"].dump() : verified.reason()));
  }
  const Outcome balance = shop.call("ledger.balance", Json::object(), host);
  const Json currencies = balance.ok ? balance.answer["currencies"] : Json::array();
  const bool even = std::all_of(currencies.begin(), currencies.end(), [](const Json& currency) {
    return currency["debit"] == currency["credit"];
  });
  if (!balance.ok || !even) {
    problems.push_back("the ledger does not balance");
  }
}

}  // namespace kameng::test
