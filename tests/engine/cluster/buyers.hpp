// buyers.hpp - people who buy on a node of their own until everything is sold, and who go on with
// what they were doing on another node when theirs does not answer.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cluster.hpp"

namespace kameng::test {

struct Sale {
  std::string order_id;
  int placed_on = 0;  // the node
  int repeats = 0;    // calls that were made again, on another node, with the same key
  std::chrono::steady_clock::time_point at;
  Json context;
  std::vector<std::string> codes;
};

class Buyers {
 public:
  // Threads that buy: so many on each node. One more on each runs what is due.
  Buyers(Cluster& cluster, std::vector<std::string> skus, int threads_a_node);
  Buyers(const Buyers&) = delete;
  Buyers& operator=(const Buyers&) = delete;
  ~Buyers();

  // Everybody goes home when all goods are sold out from now on.
  void close() { closing_ = true; }
  void join();

  [[nodiscard]] std::size_t sales() const { return count_; }
  [[nodiscard]] std::size_t sales_on(int node) const {
    return counts_.at(static_cast<std::size_t>(node));
  }
  // When all have joined.
  [[nodiscard]] const std::vector<Sale>& sold() const { return sold_; }
  // By reason: answers that do not say what became of the call, and refusals nobody expects.
  [[nodiscard]] const std::map<std::string, int>& unanswered() const { return unanswered_; }
  [[nodiscard]] const std::map<std::string, int>& unexpected() const { return unexpected_; }

 private:
  void buy(int home, int number);
  bool buy_one(int home, const Json& customer, const std::string& sku, const std::string& name);
  [[nodiscard]] Outcome call(int first, const char* operation, const Json& request,
                             const Json& context, const std::string& key, Sale& sale);
  void run_due(int node);
  void note(std::map<std::string, int>& where, const std::string& what);

  Cluster* cluster_;
  std::vector<std::string> skus_;
  std::vector<Json> customers_;
  std::atomic<bool> closing_{false};
  std::atomic<bool> done_{false};
  std::atomic<std::size_t> count_{0};
  std::array<std::atomic<std::size_t>, nodes> counts_{};
  // When a node that did not answer is asked again.
  std::array<std::atomic<std::int64_t>, nodes> shunned_until_ms_{};
  std::mutex mutex_;
  std::vector<Sale> sold_;
  std::map<std::string, int> unanswered_, unexpected_;
  std::vector<std::thread> threads_, workers_;
};

}  // namespace kameng::test
