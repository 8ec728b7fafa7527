// buyers.cpp - place, pay, take notice, reveal; each on whatever node answers.
#include "buyers.hpp"

#include <doctest/doctest.h>

namespace kameng::test {

namespace {

using std::chrono::milliseconds;

const Json host{{"as", "host"}};

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Nobody can say what became of the call.
bool is_open(const Outcome& outcome) {
  if (outcome.ok) {
    return false;
  }
  const std::string status = outcome.error["status"];
  return status == "UNAVAILABLE" || status == "ABORTED" || status == "DEADLINE_EXCEEDED";
}

}  // namespace

Buyers::Buyers(Cluster& cluster, std::vector<std::string> skus, int threads_a_node)
    : cluster_(&cluster), skus_(std::move(skus)) {
  static int crowd = 0;
  ++crowd;
  for (int n = 0; n < nodes * threads_a_node; ++n) {
    const std::string email =
        "buyer" + std::to_string(n) + "of" + std::to_string(crowd) + "@example.com";
    // On one node, and they buy on another.
    Shop& shop = cluster.shop((n + 1) % nodes);
    customers_.push_back(shop.on_behalf(shop.customer(email)));
  }
  for (int n = 0; n < nodes * threads_a_node; ++n) {
    threads_.emplace_back([this, n] { buy(n % nodes, n); });
  }
  for (int node = 0; node < nodes; ++node) {
    workers_.emplace_back([this, node] { run_due(node); });
  }
}

Buyers::~Buyers() {
  closing_ = true;
  join();
}

void Buyers::join() {
  for (std::thread& thread : threads_) {
    thread.join();
  }
  threads_.clear();
  done_ = true;
  for (std::thread& worker : workers_) {
    worker.join();
  }
  workers_.clear();
}

void Buyers::note(std::map<std::string, int>& where, const std::string& what) {
  const std::lock_guard lock(mutex_);
  ++where[what];
}

void Buyers::run_due(int node) {
  for (; !done_; std::this_thread::sleep_for(milliseconds(50))) {
    const Outcome outcome = cluster_->shop(node).call("system.run_due", {{"budget_ms", 20}}, host);
    if (!outcome.ok && !is_open(outcome)) {
      note(unexpected_, "system.run_due " + outcome.reason());
    }
  }
}

// The call, with one key, until somebody says what became of it: on `first`, then on the others.
Outcome Buyers::call(int first, const char* operation, const Json& request, const Json& context,
                     const std::string& key, Sale& sale) {
  Json with_key = context;
  with_key["idempotency_key"] = key + operation;
  constexpr std::int64_t patience_ms = 60'000;
  Outcome outcome;
  int node = first;
  for (const std::int64_t until = now_ms() + patience_ms; now_ms() < until;) {
    for (int n = 0; n < nodes && shunned_until_ms_.at(static_cast<std::size_t>(node)) > now_ms();
         ++n) {
      node = (node + 1) % nodes;
    }
    outcome = cluster_->shop(node).call(operation, request, with_key);
    if (!is_open(outcome)) {
      sale.placed_on = node;
      return outcome;
    }
    note(unanswered_, "node " + std::to_string(node + 1) + " " + outcome.reason());
    const std::string reason = outcome.reason();
    if (reason == "storage.unreachable" || reason == "storage.io") {
      shunned_until_ms_.at(static_cast<std::size_t>(node)) = now_ms() + 500;
    }
    node = (node + 1) % nodes;
    ++sale.repeats;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return outcome;
}

// False when it is sold out. The provider's notice comes to another node than the customer.
bool Buyers::buy_one(int home, const Json& customer, const std::string& sku,
                     const std::string& name) {
  Sale sale;
  sale.context = customer;
  const auto must = [&](int node, const char* operation, const Json& request, const Json& context,
                        Json& answer) {
    Outcome outcome = call(node, operation, request, context, name, sale);
    if (!outcome.ok) {
      note(unexpected_, std::string(operation) + " " + outcome.reason());
    }
    answer = std::move(outcome.answer);
    return outcome.ok;
  };
  const Outcome placed =
      call(home, "order.place",
           {{"lines", {{{"sku_id", sku}, {"quantity", 1}}}}, {"pay", {{"provider", "sandbox"}}}},
           customer, name, sale);
  if (!placed.ok) {
    if (placed.reason() != "stock.sold_out") {
      note(unexpected_, "order.place " + placed.reason());
    }
    return false;
  }
  const int placed_on = sale.placed_on;
  const int elsewhere = (placed_on + 1) % nodes;
  sale.order_id = placed.answer["order_id"];
  Json notice, received, revealed;
  if (!must(home, "sandbox.pay", {{"out_trade_no", placed.answer["payment"]["out_trade_no"]}}, host,
            notice) ||
      !must(elsewhere, "notice.receive",
            {{"provider", "sandbox"}, {"headers", notice["headers"]}, {"body", notice["body"]}},
            Json::object(), received)) {
    return true;
  }
  if (received["outcome"] != "delivered" && received["outcome"] != "repeated") {
    note(unexpected_, "notice.receive said " + received["outcome"].get<std::string>());
  }
  if (must(home, "code.reveal", {{"order_id", sale.order_id}}, customer, revealed)) {
    for (const Json& code : revealed["codes"]) {
      sale.codes.push_back(code["text"]);
    }
  }
  sale.placed_on = placed_on;
  sale.at = std::chrono::steady_clock::now();
  ++count_;
  ++counts_.at(static_cast<std::size_t>(placed_on));
  const std::lock_guard lock(mutex_);
  sold_.push_back(std::move(sale));
  return true;
}

// The first goods are what everybody wants; every other time it is one of the others.
void Buyers::buy(int home, int number) {
  const Json& customer = customers_.at(static_cast<std::size_t>(number));
  for (int turn = 0;; ++turn) {
    const bool was_closing = closing_;
    bool bought = false;
    const std::size_t first =
        turn % 2 == 0 ? 0 : static_cast<std::size_t>(number + turn) % skus_.size();
    for (std::size_t n = 0; n < skus_.size() && !bought; ++n) {
      const std::string name = customer["account_id"].get<std::string>() + std::to_string(turn) +
                               "." + std::to_string(n);
      bought = buy_one(home, customer, skus_[(first + n) % skus_.size()], name);
    }
    if (!bought && was_closing) {
      return;
    }
    if (!bought) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  }
}

}  // namespace kameng::test
