// cluster.hpp - three MariaDB nodes, and a shop on each of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/shop.hpp"
#include "support/temp_folder.hpp"

namespace kameng::test {

inline constexpr int nodes = 3;

class Cluster {
 public:
  // Starts it, and opens the shops all at once, so that three nodes make the tables together.
  Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster();

  // Why there is none; empty when there is one.
  [[nodiscard]] const std::string& missing() const { return missing_; }
  // Node 0 to 2.
  [[nodiscard]] Shop& shop(int node) { return *shops_.at(static_cast<std::size_t>(node)); }
  // tests/servers' "stop", "kill" or "start", which comes back when it has all that it missed.
  void tell(int node, const std::string& verb);
  // The numbers that a query gives on one node.
  [[nodiscard]] std::vector<std::int64_t> ask(int node, const std::string& sql);

 private:
  [[nodiscard]] Json config(int node) const;

  TempFolder folder_;
  std::string missing_;
  std::vector<std::string> dsns_;
  std::vector<std::unique_ptr<Shop>> shops_;
};

}  // namespace kameng::test
