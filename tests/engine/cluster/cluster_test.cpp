// cluster_test.cpp - buyers on three nodes of a Galera cluster at once, and what must be true
// afterwards on every one of them.
#define DOCTEST_CONFIG_IMPLEMENT
#include "cluster.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <functional>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "buyers.hpp"

namespace kameng::test {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int threads_a_node = 8;
constexpr std::size_t killed = 2;  // the third
// Longer than the others wait for a node that says nothing (evs.suspect_timeout, five seconds).
constexpr milliseconds cut_off_for{7'000};

Cluster* cluster = nullptr;  // of main()

double seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

bool wait_until(Clock::duration at_most, const std::function<bool()>& holds) {
  for (const auto until = Clock::now() + at_most; Clock::now() < until;) {
    if (holds()) {
      return true;
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

// What an engine and its node count. A node that was started anew counts from zero.
struct Conflicts {
  std::int64_t retried = 0, at_commit = 0, before = 0;
};
using AllConflicts = std::array<Conflicts, nodes>;

AllConflicts conflicts() {
  AllConflicts all;
  for (int node = 0; node < nodes; ++node) {
    const auto status = [&](const std::string& name) {
      return cluster
          ->ask(node,
                "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM"
                " information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = '" +
                    name + "'")
          .at(0);
    };
    const Json counters = cluster->shop(node).must("system.metrics")["counters"];
    all.at(static_cast<std::size_t>(node)) = {counters["retries"].get<std::int64_t>(),
                                              status("WSREP_LOCAL_CERT_FAILURES"),
                                              status("WSREP_LOCAL_BF_ABORTS")};
  }
  return all;
}

void report(const char* title, const Buyers& buyers, const AllConflicts& from,
            Clock::duration took) {
  const AllConflicts to = conflicts();
  Conflicts sum;
  for (std::size_t node = 0; node < nodes; ++node) {
    sum.retried += to.at(node).retried - from.at(node).retried;
    sum.at_commit += to.at(node).at_commit - from.at(node).at_commit;
    sum.before += to.at(node).before - from.at(node).before;
  }
  std::printf("  %s: %zu orders in %.1f s, %.0f a second; on the nodes %zu + %zu + %zu\n", title,
              buyers.sales(), seconds(took), static_cast<double>(buyers.sales()) / seconds(took),
              buyers.sales_on(0), buyers.sales_on(1), buyers.sales_on(2));
  std::printf("    transactions run again %lld; refused at commit %lld, aborted before it %lld\n",
              static_cast<long long>(sum.retried), static_cast<long long>(sum.at_commit),
              static_cast<long long>(sum.before));
  std::printf("    answers that said nothing, repeated elsewhere with the same key: %s\n",
              Json(buyers.unanswered()).dump().c_str());
}

// Six products: the first is what everybody wants. Counts every code that was ever imported.
class Stock {
 public:
  explicit Stock(int codes)
      : codes_(codes), skus_{cluster->shop(0).stock_sku(codes, 10'000'000, "RUSH")} {}

  void add_products() {
    for (int n = 0; n < 5; ++n) {
      skus_.push_back(cluster->shop(0).stock_sku(0));
      import(skus_.back(), 60);
    }
  }
  void import(const std::string& sku, int count) {
    ++lots_;
    std::string lines;
    for (int n = 1; n <= count; ++n) {
      lines += "LOT" + std::to_string(lots_) + "-" + std::to_string(n) + "\n";
    }
    const Json request{
        {"sku_id", sku}, {"format", "lines"}, {"encoding", "utf-8"}, {"content", lines}};
    const Json context{{"as", "host"}, {"timeout_ms", 60'000}};
    Shop& shop = cluster->shop(lots_ % importing_nodes_);
    CHECK(shop.must_as(context, "code.import", request)["imported"] == count);
    codes_ += count;
  }
  // While the others wait for a node, a call may take longer than it is given.
  void top_up() {
    const Outcome stock = cluster->shop(0).host("stock.get", {{"sku_id", hot()}});
    if (stock.ok && stock.answer["available"] < 50) {
      import(hot(), 100);
    }
  }
  void import_on_first(int nodes) { importing_nodes_ = nodes; }

  [[nodiscard]] const std::string& hot() const { return skus_.front(); }
  [[nodiscard]] const std::vector<std::string>& skus() const { return skus_; }
  [[nodiscard]] int codes() const { return codes_; }

 private:
  int codes_;
  std::vector<std::string> skus_;
  int lots_ = 0;
  int importing_nodes_ = 2;
};

// The buyers of two nodes that say nothing for a while, one of them twice.
void cut_off_in_turn(Stock& stock, Buyers& buyers) {
  stock.import_on_first(1);
  for (const int node : {1, 2, 1}) {
    cluster->tell(node, "freeze");
    std::this_thread::sleep_for(cut_off_for);
    cluster->tell(node, "thaw");
    const std::size_t sold_then = buyers.sales_on(node);
    CHECK(wait_until(milliseconds(60'000), [&] {
      stock.top_up();
      return buyers.sales_on(node) >= sold_then + 50;
    }));
  }
  stock.import_on_first(2);
}

// The longest time in which nobody could buy; how many orders had a call repeated elsewhere.
int report_kill(const Buyers& buyers, Clock::time_point killed_at) {
  std::set<Clock::time_point> moments;
  int repeated = 0;
  for (const Sale& sale : buyers.sold()) {
    moments.insert(sale.at);
    repeated += sale.repeats > 0;
  }
  Clock::time_point last = killed_at;
  Clock::duration pause{};
  for (auto at = moments.upper_bound(killed_at); at != moments.end(); last = *at++) {
    pause = std::max(pause, *at - last);
  }
  std::printf("    the longest pause after the kill %.1f s; orders with a repeated call: %d\n",
              seconds(pause), repeated);
  return repeated;
}

// Each node has the same shop: everything acknowledged, every code sold once, nothing else.
void check_all(const std::vector<const Buyers*>& all, const std::vector<std::string>& skus,
               std::size_t codes) {
  std::set<std::string> given_out;
  std::size_t orders = 0;
  for (const Buyers* buyers : all) {
    CHECK(Json(buyers->unexpected()).dump() == "{}");
    for (const Sale& sale : buyers->sold()) {
      CHECK(sale.codes.size() == 1);
      given_out.insert(sale.codes.begin(), sale.codes.end());
      ++orders;
    }
  }
  CHECK(orders == codes);
  CHECK(given_out.size() == codes);
  for (int node = 0; node < nodes; ++node) {
    CAPTURE(node);
    Shop& shop = cluster->shop(node);
    while (shop.must("system.run_due")["more"] == true) {
    }
    shop.check_books();
    std::int64_t sold = 0;
    for (const std::string& sku : skus) {
      const Json stock = shop.must("stock.get", {{"sku_id", sku}});
      CHECK(stock["available"] == 0);
      CHECK(stock["held"] == 0);
      sold += stock["sold"].get<std::int64_t>();
    }
    CHECK(sold == static_cast<std::int64_t>(codes));
    std::size_t wrong = 0;
    for (const Buyers* buyers : all) {
      for (const Sale& sale : buyers->sold()) {
        const Outcome got = shop.call("order.get", {{"order_id", sale.order_id}}, sale.context);
        wrong += !got.ok || got.answer["status"] != "delivered" ||
                 got.answer["paid"] != got.answer["total"];
      }
    }
    CHECK(wrong == 0);
    const auto one = [&](const std::string& sql) { return cluster->ask(node, sql).at(0); };
    CHECK(one("SELECT COUNT(*) FROM kameng_order") == static_cast<std::int64_t>(codes));
    CHECK(one("SELECT COUNT(*) FROM kameng_code WHERE status = 4 AND order_id IS NOT NULL") ==
          static_cast<std::int64_t>(codes));
    const std::int64_t entries = one("SELECT COUNT(*) FROM kameng_audit_entry");
    CHECK(one("SELECT COUNT(DISTINCT position) FROM kameng_audit_entry") == entries);
    CHECK(one("SELECT MIN(position) FROM kameng_audit_entry") == 1);
    CHECK(one("SELECT MAX(position) FROM kameng_audit_entry") == entries);
    std::printf(
        "    node %d: %zu orders, %lld codes sold, %lld audit entries without a gap,"
        " verified\n",
        node + 1, orders, static_cast<long long>(sold), static_cast<long long>(entries));
  }
}

}  // namespace

TEST_SUITE_BEGIN("engine.cluster");

// Goal: the last codes of a product go once each, whichever node the buyers come to, and nobody is
// told of a conflict between nodes; when a node is cut off or dies its buyers get a declared
// reason, repeat on another one with the same key, and nothing acknowledged is lost or done twice;
// it comes back and sells again. Sessions opened while a node finds itself alone do no harm
// afterwards. Method: three nodes make the tables at once; eight buyers a node, whose notices
// arrive at another node; nodes are frozen for longer than the others wait for them, one is killed;
// then each node is asked for everything.
TEST_CASE("a rush on three nodes, which are cut off in turn, one killed, and come back") {
  Stock stock(600);
  AllConflicts before = conflicts();
  auto start = Clock::now();
  Buyers rush(*cluster, stock.skus(), threads_a_node);
  rush.close();
  rush.join();
  report("the last 600 codes of one product", rush, before, Clock::now() - start);
  CHECK(Json(rush.unanswered()).dump() == "{}");
  stock.add_products();
  stock.import(stock.hot(), 300);
  before = conflicts();
  start = Clock::now();
  Buyers patient(*cluster, stock.skus(), threads_a_node);
  cut_off_in_turn(stock, patient);
  patient.close();
  patient.join();
  report("six products, nodes cut off in turn", patient, before, Clock::now() - start);
  stock.import(stock.hot(), 300);
  before = conflicts();
  start = Clock::now();
  Buyers buyers(*cluster, stock.skus(), threads_a_node);
  REQUIRE(wait_until(milliseconds(60'000), [&] { return buyers.sales() >= 150; }));
  before[killed].at_commit -= conflicts()[killed].at_commit;
  before[killed].before -= conflicts()[killed].before;
  const std::size_t sold_by_it = buyers.sales_on(static_cast<int>(killed));
  const auto killed_at = Clock::now();
  cluster->tell(static_cast<int>(killed), "kill");
  const std::size_t sold_then = buyers.sales();
  std::future<void> coming_back =
      std::async(std::launch::async, [] { cluster->tell(static_cast<int>(killed), "start"); });
  while (coming_back.wait_for(milliseconds(50)) != std::future_status::ready) {
    stock.top_up();
  }
  coming_back.get();
  const auto back_at = Clock::now();
  const std::size_t sold_without = buyers.sales() - sold_then;
  const std::size_t sold_by_it_then = buyers.sales_on(static_cast<int>(killed));
  const bool sells_again = wait_until(milliseconds(60'000), [&] {
    stock.top_up();
    return buyers.sales_on(static_cast<int>(killed)) >= sold_by_it_then + 50;
  });
  buyers.close();
  buyers.join();
  report("six products, a node killed", buyers, before, Clock::now() - start);
  std::printf(
      "    node 3 was killed at %.1f s after %zu orders, and back at %.1f s; meanwhile %zu"
      " orders on the others\n    node 3 sold %zu before, %zu after\n",
      seconds(killed_at - start), sold_then, seconds(back_at - start), sold_without, sold_by_it,
      buyers.sales_on(static_cast<int>(killed)) - sold_by_it_then);
  const int repeated = report_kill(buyers, killed_at);
  CHECK(sells_again);
  CHECK(sold_without > 0);
  CHECK(sold_by_it > 0);
  CHECK(repeated > 0);  // or the kill met nobody
  check_all({&rush, &patient, &buyers}, stock.skus(), static_cast<std::size_t>(stock.codes()));
}

TEST_SUITE_END();

}  // namespace kameng::test

// Ends with 77 where there is no cluster to be had.
int main(int count, char** arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  using namespace kameng::test;
  constexpr int skipped = 77;
  const auto start = Clock::now();
  Cluster three;
  if (!three.missing().empty()) {
    std::printf("skipped: %s\n", three.missing().c_str());
    return skipped;
  }
  std::printf("  three nodes and the tables made by all of them at once: %.1f s\n",
              seconds(Clock::now() - start));
  cluster = &three;
  doctest::Context context(count, arguments);
  return context.run();
}
