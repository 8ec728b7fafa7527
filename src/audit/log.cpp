// log.cpp - appending to the audit log and reading it in order.
#include "audit/log.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "audit/audit_sql.hpp"
#include "json/writer.hpp"

namespace kameng::audit {
namespace {

// How many entries one page of events looks at for each that it may return.
constexpr std::int64_t looks_per_item = 4;

}  // namespace

std::string entry_body(const Entry& entry, std::string_view actor, TimeMs now_ms) {
  std::string body;
  body.reserve(128 + 32 * entry.details.size());
  json::Writer writer(body);
  writer.begin_object().key("at_ms").int64(now_ms).key("actor").string(actor);
  writer.key("kind").string(entry.kind).key("subject").string(entry.subject);
  writer.key("details").begin_object();
  for (const Detail& detail : entry.details) {
    writer.key(detail.key);
    if (const auto* number = std::get_if<std::int64_t>(&detail.value)) {
      writer.int64(*number);
    } else if (const auto* text = std::get_if<std::string>(&detail.value)) {
      writer.string(*text);
    }
  }
  writer.end_object().end_object();
  return body;
}

void append(sql::Transaction& tx, std::span<const Entry> entries, std::string_view actor,
            TimeMs now_ms) {
  while (!entries.empty()) {
    const std::size_t count = std::min(entries.size(), std::size(entry_insert));
    std::array<std::string, std::size(entry_insert)> bodies;
    std::array<sql::Value, 2 * std::size(entry_insert)> values;
    for (std::size_t i = 0; i < count; ++i) {
      bodies[i] = entry_body(entries[i], actor, now_ms);
      values[2 * i] = sql::to_value(entries[i].published);
      values[2 * i + 1] = std::string_view(bodies[i]);
    }
    tx.run_values(static_cast<std::int64_t>(count), entry_insert[count - 1],
                  std::span(values).first(2 * count));
    entries = entries.subspan(count);
  }
}

std::int64_t size(sql::Transaction& tx) {
  sql::Rows rows = tx.query(entry_count);
  return rows.next() ? rows.int64(0) : 0;
}

std::optional<std::string> body_at(sql::Transaction& tx, std::int64_t position) {
  sql::Rows rows = tx.query(entry_select, position);
  return rows.next() ? std::optional<std::string>(rows.text(0)) : std::nullopt;
}

Events events_after(sql::Transaction& tx, std::int64_t position, int limit) {
  Events events;
  events.next = position;
  if (limit <= 0) {
    return events;
  }
  const std::int64_t looks = std::int64_t{limit} * looks_per_item;
  std::int64_t looked = 0;
  sql::Rows rows = tx.query(entries_after, position, looks);
  while (rows.next()) {
    if (static_cast<int>(events.items.size()) == limit) {
      events.more = true;
      return events;
    }
    ++looked;
    events.next = rows.int64(0);
    if (rows.int64(1) == 1) {
      events.items.push_back({rows.int64(0), rows.text(2)});
    }
  }
  events.more = looked == looks;
  return events;
}

}  // namespace kameng::audit
