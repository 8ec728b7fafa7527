// document.hpp - a JSON object that the engine keeps and gives back without looking into it
// (metadata).
#pragma once

#include <string>

namespace kameng {

// `text` is one JSON object. Read from a document it has no white space and keeps the order of its
// keys; empty means {}.
struct Document {
  std::string text;
  bool operator==(const Document&) const = default;
};

}  // namespace kameng
