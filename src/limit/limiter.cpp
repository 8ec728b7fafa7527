// limiter.cpp - see limiter.hpp.
#include "limit/limiter.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "limit/limit_sql.hpp"

namespace kameng::limit {
namespace {

constexpr std::size_t network_bytes = 8;        // /64: what one IPv6 subscriber has at least
constexpr std::int64_t sweep_every_max = 4096;  // new buckets
constexpr TimeUs sweep_full_us = 1'000'000;
constexpr std::int64_t rows_a_slice = 2000;
constexpr int slices_a_sweep = 8;
constexpr std::size_t known_full_max = 10'000;

std::int64_t up_to_ms(TimeUs us) {
  return (us + 999) / 1000;
}

// What a caller hears when the buckets are not to be had.
Error closed(Error error) {
  if (!error.reason.starts_with("storage.")) {
    return error;
  }
  return Error{Status::unavailable, "limit.unavailable",
               "Whether you may call now cannot be looked up, so you may not."}
      .with(Retry::later)
      .detail("cause", error.reason);
}

}  // namespace

Limiter::Limiter(Options options, const keys::KeyRing& keys)
    : options_(std::move(options)), keys_(&keys), buckets_(options_.place) {
  const auto reach = [&](const Rate& rate) {
    furthest_us_ = std::max(furthest_us_, rate.limits() ? rate.reach_us() : 0);
  };
  reach(options_.config.ip);
  reach(options_.config.account);
  reach(options_.config.key);
  for (const auto& [name, rate] : options_.operations) {
    reach(rate);
  }
}

Result<void> Limiter::take(const IpAddress& address, const Attempt& attempt, Allowance* allowance) {
  return take("ip", options_.config.ip, address.prefix(network_bytes), attempt, allowance);
}

Result<void> Limiter::take(const AccountId& account, const Attempt& attempt, Allowance* allowance) {
  return take("account", options_.config.account, account.bytes, attempt, allowance);
}

Result<void> Limiter::take(const ApiKeyId& key, const Attempt& attempt, Allowance* allowance) {
  return take("key", options_.config.key, key.bytes, attempt, allowance);
}

Result<void> Limiter::take(std::string_view limit, const Rate& rate, ByteView who,
                           const Attempt& attempt, Allowance* allowance) {
  const TimeUs now_us = attempt.now_ms * 1000;
  Taken asked = buckets_of(limit, rate, who, attempt.operation);
  if (asked.count == 0) {
    return {};
  }
  if (is_known_full(asked, now_us)) {
    return answer(asked, now_us, allowance);
  }
  sweep_if_needed(now_us, attempt.deadline);
  Taken taken;
  Result<void> written =
      buckets_.write(attempt.deadline, [&](sql::Transaction& tx) -> Result<void> {
        taken = asked;
        read(tx, taken, now_us);
        write(tx, taken);
        return {};
      });
  if (!written.ok()) {
    refused_ += 1;
    return closed(std::move(written).error());
  }
  note(taken, now_us);
  return answer(taken, now_us, allowance);
}

// A rate of an operation is for each caller, so its bucket is of both.
Limiter::Taken Limiter::buckets_of(std::string_view limit, const Rate& rate, ByteView who,
                                   std::string_view operation) const {
  Taken taken;
  if (rate.limits()) {
    taken.buckets[taken.count++] = {.limit = limit, .rate = rate, .id = id_of(limit, "", who)};
  }
  const auto own = options_.operations.find(operation);
  if (own != options_.operations.end() && own->second.limits()) {
    taken.buckets[taken.count++] = {
        .limit = "operation", .rate = own->second, .id = id_of(limit, operation, who)};
  }
  std::sort(taken.all().begin(), taken.all().end(),
            [](const Bucket& a, const Bucket& b) { return a.id < b.id; });
  return taken;
}

// 64 bits of a keyed hash: nobody can find two callers who share one.
std::int64_t Limiter::id_of(std::string_view limit, std::string_view operation,
                            ByteView who) const {
  std::string text(operation);
  text.push_back('\0');
  text.append(as_text(who));
  const keys::BlindIndex hash = keys_->blind("limit." + std::string(limit), as_bytes(text));
  std::int64_t id = 0;
  std::memcpy(&id, hash.data(), sizeof id);
  return id;
}

bool Limiter::is_known_full(Taken& taken, TimeUs now_us) const {
  const std::lock_guard lock(full_mutex_);
  bool full = false;
  for (Bucket& bucket : taken.all()) {
    const auto known = full_.find(bucket.id);
    bucket.busy_until_us = now_us;
    if (known != full_.end() && now_us >= known->second.from_us) {
      bucket.busy_until_us = std::max(now_us, known->second.busy_until_us);
      full = full || standing(bucket.rate, bucket.busy_until_us, now_us).remaining == 0;
    }
  }
  return full;
}

// Too many buckets: this caller shares one with all others who have none.
void Limiter::share(Taken& taken) const {
  for (Bucket& bucket : taken.all()) {
    if (!bucket.found) {
      bucket.id = id_of(bucket.limit, "", {});
    }
  }
}

void Limiter::read(sql::Transaction& tx, Taken& taken, TimeUs now_us) const {
  const auto find = [&] {
    auto rows = tx.query(find_buckets, taken.all().front().id, taken.all().back().id);
    while (rows.next()) {
      for (Bucket& bucket : taken.all()) {
        if (bucket.id == rows.int64(0)) {
          bucket.found = true;
          bucket.stored_us = rows.int64(1);
        }
      }
    }
  };
  find();
  const auto is_new = [](const Bucket& bucket) { return !bucket.found; };
  if (is_full() && std::any_of(taken.all().begin(), taken.all().end(), is_new)) {
    share(taken);
    find();
  }
  taken.passes = true;
  for (Bucket& bucket : taken.all()) {
    bucket.busy_until_us = bucket.found ? settle(bucket.rate, bucket.stored_us, now_us) : now_us;
    taken.passes =
        taken.passes && standing(bucket.rate, bucket.busy_until_us, now_us).remaining > 0;
  }
  if (taken.passes) {
    for (Bucket& bucket : taken.all()) {
      bucket.busy_until_us += bucket.rate.interval_us();
    }
  }
}

void Limiter::write(sql::Transaction& tx, const Taken& taken) {
  for (const Bucket& bucket : taken.all()) {
    if (bucket.found) {
      // Of a refusal only what a clock that was put back had left behind.
      if (taken.passes || bucket.busy_until_us < bucket.stored_us) {
        tx.run_exactly(1, set_bucket, bucket.busy_until_us, bucket.id);
      }
    } else if (taken.passes) {
      tx.run(add_bucket, bucket.id, bucket.busy_until_us, bucket.rate.interval_us());
    }
  }
}

void Limiter::note(const Taken& taken, TimeUs now_us) {
  if (!taken.passes) {
    const std::lock_guard lock(full_mutex_);
    if (full_.size() >= known_full_max) {
      full_.clear();
    }
    for (const Bucket& bucket : taken.all()) {
      if (bucket.found) {
        full_[bucket.id] = {now_us, bucket.busy_until_us};
      }
    }
    return;
  }
  for (const Bucket& bucket : taken.all()) {
    if (!bucket.found) {
      added_ += 1;
      // Processes that live for a few calls sweep in their turn too.
      std::int64_t never = 0;
      sweep_after_.compare_exchange_strong(never, 1 + (bucket.id & (sweep_every_max - 1)));
    }
  }
}

Result<void> Limiter::answer(const Taken& taken, TimeUs now_us, Allowance* allowance) {
  const Bucket* tightest = nullptr;
  Standing least;
  for (const Bucket& bucket : taken.all()) {
    const Standing has = standing(bucket.rate, bucket.busy_until_us, now_us);
    if (tightest == nullptr || has.remaining < least.remaining ||
        (has.remaining == least.remaining && has.retry_after_us > least.retry_after_us)) {
      tightest = &bucket;
      least = has;
    }
  }
  if (allowance != nullptr &&
      (allowance->limit.empty() || !taken.passes || least.remaining < allowance->remaining)) {
    *allowance = {.limit = std::string(tightest->limit),
                  .per_minute = tightest->rate.per_minute,
                  .burst = tightest->rate.burst,
                  .remaining = least.remaining,
                  .reset_ms = up_to_ms(least.reset_after_us),
                  .retry_after_ms = taken.passes ? 0 : up_to_ms(least.retry_after_us)};
  }
  if (taken.passes) {
    return {};
  }
  refused_ += 1;
  return Error{Status::resource_exhausted, "limit.exceeded",
               "Too many calls; try again when retry_after_ms have passed."}
      .with(Retry::later)
      .detail("limit", tightest->limit)
      .detail("retry_after_ms", std::to_string(up_to_ms(least.retry_after_us)));
}

bool Limiter::is_full() const {
  return counted_.load() + added_.load() >= options_.buckets_max;
}

void Limiter::sweep_if_needed(TimeUs now_us, const Deadline& deadline) {
  const std::int64_t after = sweep_after_.load();
  const TimeUs since_us = now_us - swept_us_.load();
  const bool due = (after > 0 && added_.load() >= after) ||
                   (is_full() && (since_us < 0 || since_us >= sweep_full_us));
  if (!due) {
    return;
  }
  std::unique_lock turn(sweeping_, std::try_to_lock);
  if (turn.owns_lock()) {
    // When it fails, so will the call that comes after it.
    static_cast<void>(sweep(now_us, deadline));
  }
}

Result<std::int64_t> Limiter::prune(TimeMs now_ms, const Deadline& deadline) {
  if (furthest_us_ == 0 || !buckets_.exist()) {
    return std::int64_t{0};
  }
  const std::lock_guard turn(sweeping_);
  Result<std::int64_t> removed = sweep(now_ms * 1000, deadline);
  const bool in_shop = options_.place.path.empty();
  return removed.ok() || in_shop ? std::move(removed) : Result<std::int64_t>(std::int64_t{0});
}

Result<std::int64_t> Limiter::sweep(TimeUs now_us, const Deadline& deadline) {
  std::int64_t removed = 0;
  for (int slice = 0; slice < slices_a_sweep; ++slice) {
    std::int64_t rows = 0;
    KAMENG_CHECK(buckets_.write_alone(deadline, [&](sql::Transaction& tx) -> Result<void> {
      rows = tx.run_count(prune_buckets, now_us, rows_a_slice);
      return {};
    }));
    removed += rows;
    if (rows < rows_a_slice) {
      break;
    }
  }
  std::int64_t left = 0;
  KAMENG_CHECK(buckets_.write_alone(deadline, [&](sql::Transaction& tx) -> Result<void> {
    tx.run(pull_back, now_us + furthest_us_, now_us + furthest_us_ + skew_us);
    auto rows = tx.query(count_buckets);
    left = rows.next() ? rows.int64(0) : 0;
    return {};
  }));
  counted_ = left;
  added_ = 0;
  sweep_after_ = std::clamp<std::int64_t>(options_.buckets_max / 64, 1, sweep_every_max);
  swept_us_ = now_us;
  return removed;
}

}  // namespace kameng::limit
