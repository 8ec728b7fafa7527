// refusals.hpp - refusals made before a phase (bad document, no permission, failed sign-in),
// counted in memory and written to the audit log as one entry per (actor or address, reason,
// minute), so that a flood of bad calls is not a flood of commits.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "audit/entry.hpp"
#include "base/clock.hpp"

namespace kameng::command {

class RefusalCounter {
 public:
  // `who` is an actor's label or an address; bounded: beyond 10,000 different keys a minute the
  // rest share one.
  void count(std::string_view who, std::string_view operation, std::string_view reason,
             TimeMs now_ms);

  // The entries of all minutes before the one of `now_ms`, taken out. Cheap when there are none.
  [[nodiscard]] std::vector<audit::Entry> take_finished(TimeMs now_ms);
  // All of them: the engine closes.
  [[nodiscard]] std::vector<audit::Entry> take_all();
  // True when take_finished would return something.
  [[nodiscard]] bool has_finished(TimeMs now_ms) const;
  // Puts entries back whose transaction failed.
  void put_back(const std::vector<audit::Entry>& entries);

 private:
  struct Key {
    std::int64_t minute;
    std::string who, operation, reason;
    auto operator<=>(const Key&) const = default;
  };
  [[nodiscard]] std::vector<audit::Entry> take_before(std::int64_t minute);

  mutable std::mutex mutex_;
  std::map<Key, std::int64_t> counts_;
};

}  // namespace kameng::command
