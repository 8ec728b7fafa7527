// busy.hpp - a shop in which everything happens at once, and which tells what it is about to do and
// what it was answered.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/shop.hpp"

namespace kameng::test {

struct BusyPlan {
  std::string sku;
  std::vector<std::string> customers;  // account ids
  int threads = 4;
  std::uint64_t seed = 1;
  std::string name;  // makes keys, codes and contacts of one run differ from another's
};

void to_json(Json& json, const BusyPlan& plan);
void from_json(const Json& json, BusyPlan& plan);

// Told before a call: {id, operation, context, request, ...} with `order` or `account`, where it is
// about one; after it: {id, answer}, {id, refused} when the shop's rules forbid it, or {id, failed}
// when nobody can say what became of it. From any of the threads.
using Tell = std::function<void(const Json& event)>;

// The configuration of a shop whose orders do not expire and whose quotas are out of the way.
[[nodiscard]] Json busy_config(const std::string& path, std::int64_t now_ms);

// Orders, payments from the sandbox and from wallets, reveals, cancellations, imports, customers
// and guests, due work; until `stop`, which the first failed call sets, or `tell`; or until some
// thousand calls.
void keep_busy(Shop& shop, const BusyPlan& plan, const Tell& tell, std::atomic<bool>& stop);

}  // namespace kameng::test
