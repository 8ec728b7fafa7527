// recording.cpp - see recording.hpp.
#include "recording.hpp"

#include <utility>
#include <variant>

#include "engine/seams.hpp"

namespace kameng::bench {

struct Recording::Heard {
  bool is_open = false, writes = false;
  std::vector<std::string> texts;
  std::vector<std::uint32_t> counts;
  std::vector<Recorded> values;
  std::string bytes;
};

Recording::Heard& Recording::heard() {
  thread_local Heard transaction;
  return transaction;
}

void Recording::listen() {
  engine::Seams seams;
  seams.trace = [this](std::string_view name, std::string_view text,
                       std::span<const sql::Value> values) { hear(name, text, values); };
  engine::use_seams(std::move(seams));
}

void Recording::stop_listening() {
  engine::use_seams({});
}

void Recording::section(int round, bool is_timed) {
  const std::lock_guard lock(mutex_);
  sections_.push_back({round, is_timed, {}});
}

void Recording::hear(std::string_view name, std::string_view text,
                     std::span<const sql::Value> values) {
  Heard& own = heard();
  if (name == "begin") {
    // A reader's transaction ends unannounced; a writer's that is still open was rolled back.
    if (own.is_open && !own.writes) {
      keep(own);
    }
    own = {.is_open = true, .writes = text == "BEGIN IMMEDIATE"};
    return;
  }
  if (name == "commit") {
    keep(own);
    return;
  }
  own.texts.emplace_back(text);
  own.counts.push_back(static_cast<std::uint32_t>(values.size()));
  for (const sql::Value& value : values) {
    Recorded recorded;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      recorded = {Recorded::Kind::integer, 0, *number};
    } else if (const auto* characters = std::get_if<std::string_view>(&value)) {
      recorded = {Recorded::Kind::text, static_cast<std::uint32_t>(characters->size()),
                  static_cast<std::int64_t>(own.bytes.size())};
      own.bytes += *characters;
    } else if (const auto* blob = std::get_if<ByteView>(&value)) {
      recorded = {Recorded::Kind::blob, static_cast<std::uint32_t>(blob->size()),
                  static_cast<std::int64_t>(own.bytes.size())};
      own.bytes += as_text(*blob);
    }
    own.values.push_back(recorded);
  }
}

void Recording::keep(Heard& transaction) {
  const std::lock_guard lock(mutex_);
  Group group{transaction.writes, {}};
  std::size_t next = values_.size();
  for (std::size_t i = 0; i < transaction.texts.size(); ++i) {
    const auto [place, is_new] = numbers_.try_emplace(std::move(transaction.texts[i]),
                                                      static_cast<std::uint32_t>(texts_.size()));
    if (is_new) {
      texts_.push_back(place->first);
    }
    group.steps.push_back({place->second, transaction.counts[i], next});
    next += transaction.counts[i];
  }
  for (Recorded value : transaction.values) {
    if (value.kind == Recorded::Kind::text || value.kind == Recorded::Kind::blob) {
      value.number += static_cast<std::int64_t>(bytes_.size());
    }
    values_.push_back(value);
  }
  bytes_ += transaction.bytes;
  if (!sections_.empty()) {
    sections_.back().groups.push_back(std::move(group));
  }
  transaction = {};
}

}  // namespace kameng::bench
