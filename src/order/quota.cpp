// quota.cpp - see quota.hpp.
#include "order/quota.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "order/quota_sql.hpp"

namespace kameng::order {
namespace {

constexpr std::int64_t kept_ms = 10 * 60'000;

}  // namespace

void lock_quotas(sql::Transaction& tx, const std::optional<AccountId>& account,
                 const Origin& origin, TimeMs now_ms) {
  if (tx.is_only_writer()) {
    return;
  }
  std::vector<IdBytes> locks;
  if (account) {
    locks.push_back(account->bytes);
  }
  for (const auto* blind : {&origin.contact_blind, &origin.device_blind, &origin.network_blind}) {
    if (*blind) {
      IdBytes& lock = locks.emplace_back();  // hashes: their beginning tells them apart
      std::copy_n((*blind)->begin(), std::min((*blind)->size(), lock.size()), lock.begin());
    }
  }
  std::sort(locks.begin(), locks.end());
  locks.erase(std::unique(locks.begin(), locks.end()), locks.end());
  if (locks.empty()) {
    return;
  }
  std::vector<sql::Value> values;
  for (const IdBytes& lock : locks) {
    values.insert(values.end(), {sql::to_value(lock), sql::to_value(now_ms)});
  }
  tx.run_values(sql::any_count, quota_lock[locks.size() - 1], values);
}

std::int64_t prune_quotas(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max) {
  return tx.is_only_writer() ? 0 : tx.run_count(quota_prune, now_ms - kept_ms, rows_max);
}

}  // namespace kameng::order
