// contract.hpp - what the engine declares of its operations (kameng_describe), and whether an
// outcome keeps to it.
#pragma once

#include <string>
#include <vector>

#include "support/shop.hpp"

namespace kameng::test {

// The whole description.
[[nodiscard]] const Json& description();
// What is declared of one operation.
[[nodiscard]] const Json& declared(const std::string& operation);

// What is wrong with an outcome: fields that are missing, not declared or of another type; a reason
// that is not declared, or with another status or retry. Empty when nothing is.
[[nodiscard]] std::vector<std::string> breaches(const std::string& operation,
                                                const Outcome& outcome);

// A field of a request: where its description says it is ("lines[].sku_id") and where in one
// request it was found, as a path and as errors print it ("lines[0].sku_id").
struct FoundField {
  Json declared;
  std::string pattern;
  Json::json_pointer place;
  std::string printed;
  bool present = false;
};
// Every field that the request has or could have, objects within lists included where the request
// has such a list.
[[nodiscard]] std::vector<FoundField> fields_of(const Json& object_type, const Json& request);
// The patterns of all required fields of a request.
[[nodiscard]] std::vector<std::string> required_fields(const Json& object_type);

}  // namespace kameng::test
