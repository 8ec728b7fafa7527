#include "command/refusals.hpp"

#include <limits>
#include <utility>

namespace kameng::command {
namespace {

constexpr std::size_t keys_max = 10'000;
constexpr std::int64_t minute_ms = 60'000;

}  // namespace

void RefusalCounter::count(std::string_view who, std::string_view operation,
                           std::string_view reason, TimeMs now_ms) {
  const std::lock_guard lock(mutex_);
  Key key{now_ms / minute_ms, std::string(who), std::string(operation), std::string(reason)};
  if (counts_.size() >= keys_max && !counts_.contains(key)) {
    key.who = "others";
    key.operation = "any";
  }
  counts_[std::move(key)] += 1;
}

std::vector<audit::Entry> RefusalCounter::take_before(std::int64_t minute) {
  std::vector<audit::Entry> entries;
  auto at = counts_.begin();
  while (at != counts_.end() && at->first.minute < minute) {
    entries.push_back({.kind = "call.refused",
                       .subject = at->first.who,
                       .details = {{"operation", at->first.operation},
                                   {"reason", at->first.reason},
                                   {"minute_ms", at->first.minute * minute_ms},
                                   {"count", at->second}},
                       .published = false});
    at = counts_.erase(at);
  }
  return entries;
}

std::vector<audit::Entry> RefusalCounter::take_finished(TimeMs now_ms) {
  const std::lock_guard lock(mutex_);
  return take_before(now_ms / minute_ms);
}

std::vector<audit::Entry> RefusalCounter::take_all() {
  const std::lock_guard lock(mutex_);
  return take_before(std::numeric_limits<std::int64_t>::max());
}

bool RefusalCounter::has_finished(TimeMs now_ms) const {
  const std::lock_guard lock(mutex_);
  return !counts_.empty() && counts_.begin()->first.minute < now_ms / minute_ms;
}

void RefusalCounter::put_back(const std::vector<audit::Entry>& entries) {
  const std::lock_guard lock(mutex_);
  for (const audit::Entry& entry : entries) {
    const auto& details = entry.details;
    Key key{std::get<std::int64_t>(details[2].value) / minute_ms, entry.subject,
            std::get<std::string>(details[0].value), std::get<std::string>(details[1].value)};
    counts_[std::move(key)] += std::get<std::int64_t>(details[3].value);
  }
}

}  // namespace kameng::command
