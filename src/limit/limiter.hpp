// limiter.hpp - whether a caller may call now: by address, by account, by key, and by operation for
// those that have a rate of their own.
//
// It fails closed: a call whose buckets cannot be read is refused. A table holds a keyed hash of
// who calls and a time, no address and no account.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include <kameng/id.hpp>
#include <kameng/limit.hpp>
#include <kameng/result.hpp>

#include "base/clock.hpp"
#include "base/ip_address.hpp"
#include "keys/key_ring.hpp"
#include "limit/buckets.hpp"
#include "limit/config.hpp"

namespace kameng::limit {

// At most 64 MiB, in whichever database. Beyond it new callers share one bucket.
inline constexpr std::int64_t buckets_max = 500'000;

struct Options {
  Place place;
  Config config;
  std::map<std::string, Rate, std::less<>> operations;  // those with a rate of their own
  std::int64_t buckets_max = limit::buckets_max;
};

// What is called, and when.
struct Attempt {
  std::string_view operation;
  TimeMs now_ms = 0;
  Deadline deadline;
};

class Limiter {
 public:
  // `keys` outlives it.
  Limiter(Options options, const keys::KeyRing& keys);

  // One call, any thread. RESOURCE_EXHAUSTED limit.exceeded (details `limit`, `retry_after_ms`);
  // UNAVAILABLE limit.unavailable when the buckets are not to be had; call.deadline. The tightest
  // limit is told in `allowance` when that is not null and holds no tighter one.
  [[nodiscard]] Result<void> take(const IpAddress& address, const Attempt& attempt,
                                  Allowance* allowance);
  [[nodiscard]] Result<void> take(const AccountId& account, const Attempt& attempt,
                                  Allowance* allowance);
  // Beside its account's: one program that runs wild does not stop the account's others.
  [[nodiscard]] Result<void> take(const ApiKeyId& key, const Attempt& attempt,
                                  Allowance* allowance);

  // Removes buckets whose time has passed; how many. Takes from time to time do so too. A fault of
  // a file of their own is heard of by the calls that it refuses, and not here.
  [[nodiscard]] Result<std::int64_t> prune(TimeMs now_ms, const Deadline& deadline);

  // Calls that were refused in this process.
  [[nodiscard]] std::int64_t refused() const noexcept { return refused_.load(); }

 private:
  struct Bucket {
    std::string_view limit;
    Rate rate;
    std::int64_t id = 0;
    bool found = false;
    TimeUs stored_us = 0;  // when it was found
    TimeUs busy_until_us = 0;
  };
  // Those of one call, in the order of their ids.
  struct Taken {
    std::array<Bucket, 2> buckets;
    std::size_t count = 0;
    bool passes = false;
    [[nodiscard]] std::span<Bucket> all() { return std::span(buckets).first(count); }
    [[nodiscard]] std::span<const Bucket> all() const { return std::span(buckets).first(count); }
  };
  struct Full {
    TimeUs from_us = 0, busy_until_us = 0;
  };

  [[nodiscard]] Result<void> take(std::string_view limit, const Rate& rate, ByteView who,
                                  const Attempt& attempt, Allowance* allowance);
  [[nodiscard]] Taken buckets_of(std::string_view limit, const Rate& rate, ByteView who,
                                 std::string_view operation) const;
  [[nodiscard]] std::int64_t id_of(std::string_view limit, std::string_view operation,
                                   ByteView who) const;
  [[nodiscard]] bool is_known_full(Taken& taken, TimeUs now_us) const;
  void share(Taken& taken) const;
  void read(sql::Transaction& tx, Taken& taken, TimeUs now_us) const;
  static void write(sql::Transaction& tx, const Taken& taken);
  [[nodiscard]] bool is_full() const;
  void sweep_if_needed(TimeUs now_us, const Deadline& deadline);
  [[nodiscard]] Result<std::int64_t> sweep(TimeUs now_us, const Deadline& deadline);
  void note(const Taken& taken, TimeUs now_us);
  [[nodiscard]] Result<void> answer(const Taken& taken, TimeUs now_us, Allowance* allowance);

  const Options options_;
  const keys::KeyRing* keys_;
  TimeUs furthest_us_ = 0;  // that any rate's bucket may be busy
  Buckets buckets_;
  std::atomic<std::int64_t> refused_{0};

  // How many buckets there are, as far as this process knows.
  std::atomic<std::int64_t> counted_{0}, added_{0}, sweep_after_{0};
  std::atomic<TimeUs> swept_us_{0};
  std::mutex sweeping_;

  // Buckets that refused, and will for a while whatever others do: a flood costs no statement.
  mutable std::mutex full_mutex_;
  std::unordered_map<std::int64_t, Full> full_;
};

}  // namespace kameng::limit
