// entry.hpp - one thing that happened, as the audit log and the event feed tell it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kameng::audit {

// A fact about what happened. Never a code, key, password, token or contact.
struct Detail {
  std::string_view key;  // a literal
  std::variant<std::int64_t, std::string> value;
};

struct Entry {
  std::string_view kind;  // a literal: "order.placed"
  std::string subject;    // the printed id it is about
  std::vector<Detail> details = {};
  bool published = true;  // also an event that the host can pull
};

}  // namespace kameng::audit
