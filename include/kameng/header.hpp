// header.hpp - HTTP header fields as values, in the order they were sent and with repetitions kept.
//
// In documents: a list of [name, value]. An object {"name": "value"} is accepted on input.
#pragma once

#include <string>
#include <vector>

namespace kameng {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};
using Headers = std::vector<Header>;

}  // namespace kameng
