// contract.cpp - the description read back and held against outcomes.
#include "support/contract.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include <kameng/engine.hpp>

namespace kameng::test {
namespace {

using Faults = std::vector<std::string>;

void check_object(const Json& type, const Json& value, const std::string& path, Faults& faults);

bool is_money(const Json& value) {
  return value.is_object() && value.size() == 2 && value.contains("amount") &&
         value["amount"].is_number_integer() && value.contains("currency") &&
         value["currency"].is_string();
}

bool is_id(const Json& value, const std::string& prefix) {
  constexpr std::size_t digits = 26;
  return value.is_string() && value.get<std::string>().starts_with(prefix + "_") &&
         value.get<std::string>().size() == prefix.size() + 1 + digits;
}

bool is_one_of(const Json& type, const Json& value) {
  if (!type.contains("values")) {
    return true;
  }
  const Json& values = type["values"];
  return std::find(values.begin(), values.end(), value) != values.end();
}

void check_type(const Json& type, const Json& value, const std::string& path, Faults& faults) {
  const auto name = type["type"].get<std::string>();
  bool right = true;
  if (name == "object") {
    check_object(type, value, path, faults);
  } else if (name == "boolean") {
    right = value.is_boolean();
  } else if (name == "integer") {
    right = value.is_number_integer();
  } else if (name == "string") {
    right = value.is_string() && is_one_of(type, value);
  } else if (name == "currency") {
    right = value.is_string() && value.get<std::string>().size() == 3;
  } else if (name == "money") {
    right = is_money(value);
  } else if (name == "id") {
    right = is_id(value, type["prefix"]);
  } else if (name == "headers") {
    right = value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& header) {
              return header.is_array() && header.size() == 2;
            });
  } else if (name == "list") {
    right = value.is_array();
    for (std::size_t i = 0; right && i < value.size(); ++i) {
      check_type(type["item"], value[i], path + "[" + std::to_string(i) + "]", faults);
    }
  } else if (name == "map") {
    right = value.is_object();
    const Json items = right ? value : Json::object();
    for (const auto& [key, item] : items.items()) {
      check_type(type["item"], item, path + "." + key, faults);
    }
  } else {
    right = name == "document" && value.is_object();
  }
  if (!right) {
    faults.push_back(path + " is no " + name + ": " + value.dump());
  }
}

void check_object(const Json& type, const Json& value, const std::string& path, Faults& faults) {
  if (!value.is_object()) {
    faults.push_back(path + " is no object: " + value.dump());
    return;
  }
  std::size_t known = 0;
  for (const Json& field : type["fields"]) {
    const auto name = field["name"].get<std::string>();
    if (value.contains(name)) {
      ++known;
      check_type(field, value[name], path + "." + name, faults);
    } else if (field["required"] == true || field.contains("default")) {
      faults.push_back(path + "." + name + " is missing");
    }
  }
  if (known != value.size()) {
    faults.push_back(path + " has fields that are not declared: " + value.dump());
  }
}

void check_error(const std::string& operation, const Json& error, Faults& faults) {
  for (const Json* reasons : {&declared(operation)["reasons"], &description()["common_reasons"]}) {
    for (const Json& reason : *reasons) {
      if (reason["reason"] == error["reason"] && reason["status"] == error["status"]) {
        if (reason["retry"] != error["retry"]) {
          faults.push_back("retry is " + error["retry"].dump() + ", declared is " +
                           reason["retry"].dump());
        }
        return;
      }
    }
  }
  faults.push_back("not declared: " + error.dump());
}

void find_fields(const Json& type, const Json& request, const Json::json_pointer& place,
                 const std::string& pattern, const std::string& printed,
                 std::vector<FoundField>& found) {
  for (const Json& field : type["fields"]) {
    const auto name = field["name"].get<std::string>();
    const std::string dot = pattern.empty() ? "" : ".";
    const bool present = request.contains(name);
    found.push_back({field, pattern + dot + name, place / name, printed + dot + name, present});
    if (!present) {
      continue;
    }
    const FoundField here = found.back();
    if (field["type"] == "object") {
      find_fields(field, request[name], here.place, here.pattern, here.printed, found);
    } else if (field["type"] == "list" && field["item"]["type"] == "object") {
      for (std::size_t i = 0; i < request[name].size(); ++i) {
        find_fields(field["item"], request[name][i], here.place / i, here.pattern + "[]",
                    here.printed + "[" + std::to_string(i) + "]", found);
      }
    }
  }
}

void find_required(const Json& type, const std::string& pattern, std::vector<std::string>& found) {
  for (const Json& field : type["fields"]) {
    const std::string here =
        pattern + (pattern.empty() ? "" : ".") + field["name"].get<std::string>();
    if (field["required"] == true) {
      found.push_back(here);
    }
    if (field["type"] == "object") {
      find_required(field, here, found);
    } else if (field["type"] == "list" && field["item"]["type"] == "object") {
      find_required(field["item"], here + "[]", found);
    }
  }
}

}  // namespace

const Json& description() {
  static const Json whole = Json::parse(Engine::describe());
  return whole;
}

const Json& declared(const std::string& operation) {
  for (const Json& each : description()["operations"]) {
    if (each["name"] == operation) {
      return each;
    }
  }
  FAIL("no operation " << operation);
  return description();
}

std::vector<std::string> breaches(const std::string& operation, const Outcome& outcome) {
  Faults faults;
  if (outcome.ok) {
    check_object(declared(operation)["answer"], outcome.answer, "answer", faults);
  } else {
    check_error(operation, outcome.error, faults);
  }
  return faults;
}

std::vector<FoundField> fields_of(const Json& object_type, const Json& request) {
  std::vector<FoundField> found;
  find_fields(object_type, request, Json::json_pointer(), "", "", found);
  return found;
}

std::vector<std::string> required_fields(const Json& object_type) {
  std::vector<std::string> found;
  find_required(object_type, "", found);
  return found;
}

}  // namespace kameng::test
