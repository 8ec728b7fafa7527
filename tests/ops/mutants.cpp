// mutants.cpp - the declaration of a field, read as a list of ways to get it wrong.
#include "ops/mutants.hpp"

namespace kameng::test {
namespace {

constexpr std::int64_t integer_max = 9'007'199'254'740'991;
// Longer texts do not fit into a document together with the rest.
constexpr std::int64_t length_max = 900'000;

struct Wrong {
  std::string what;
  Json value;
  std::string reason;
  std::string below;  // where in the field the fault is
};

void add_numbers(std::vector<Wrong>& wrong, const Json& bounds, const auto& wrap,
                 const std::string& below) {
  wrong.push_back({"a fraction", wrap(1.5), "number.not_integer", below});
  wrong.push_back({"an integer as a fraction", wrap(1.0), "number.not_integer", below});
  wrong.push_back({"beyond 53 bits", wrap(integer_max + 1), "number.out_of_range", below});
  wrong.push_back({"below 53 bits", wrap(-integer_max - 1), "number.out_of_range", below});
  if (bounds.contains("min")) {
    const auto below_min = bounds["min"].get<std::int64_t>() - 1;
    wrong.push_back({"below its least", wrap(below_min), "field.range", below});
  }
  if (bounds.contains("max") && bounds["max"] < integer_max) {
    const auto above_max = bounds["max"].get<std::int64_t>() + 1;
    wrong.push_back({"above its most", wrap(above_max), "field.range", below});
  }
}

void add_texts(std::vector<Wrong>& wrong, const Json& field) {
  if (field.contains("values")) {
    wrong.push_back({"none of its values", "nonsense", "field.not_one_of", ""});
    return;
  }
  const std::int64_t min = field.value("min", std::int64_t{0});
  const std::int64_t max = field.value("max", length_max + 1);
  if (min > 0) {
    wrong.push_back(
        {"too short", std::string(static_cast<std::size_t>(min - 1), 'x'), "field.length", ""});
  }
  if (max <= length_max) {
    wrong.push_back(
        {"too long", std::string(static_cast<std::size_t>(max + 1), 'x'), "field.length", ""});
  }
}

void add_lists(std::vector<Wrong>& wrong, const Json& field, const Json& now) {
  if (field["min"] > 0) {
    wrong.push_back({"too few", Json::array(), "field.count", ""});
  }
  if (now.is_array() && !now.empty()) {
    Json many = Json::array();
    for (std::int64_t i = 0; i <= field["max"].get<std::int64_t>(); ++i) {
      many.push_back(now[0]);
    }
    wrong.push_back({"too many", std::move(many), "field.count", ""});
  }
}

// What may not stand in the field; `now` is what stands there, or null.
std::vector<Wrong> wrong_values(const Json& field, const Json& now) {
  const auto type = field["type"].get<std::string>();
  std::vector<Wrong> wrong;
  const Json other_type = type == "integer" || type == "boolean" ? Json("7") : Json(7);
  wrong.push_back({"another type", other_type, "field.type", ""});
  if (type == "integer") {
    add_numbers(
        wrong, field, [](const Json& number) { return number; }, "");
  } else if (type == "money") {
    const auto money = [](const Json& number) {
      return Json{{"amount", number}, {"currency", "CNY"}};
    };
    add_numbers(wrong, field, money, ".amount");
    wrong.push_back({"without amount", Json{{"currency", "CNY"}}, "field.missing", ".amount"});
    wrong.push_back({"without currency", Json{{"amount", 1}}, "field.missing", ".currency"});
    wrong.push_back({"an unknown currency", Json{{"amount", 1}, {"currency", "XXX"}},
                     "currency.unknown", ".currency"});
    wrong.push_back({"more than money", Json{{"amount", 1}, {"currency", "CNY"}, {"vat", 1}},
                     "field.unknown", ".vat"});
  } else if (type == "string") {
    add_texts(wrong, field);
  } else if (type == "currency") {
    wrong.push_back({"an unknown currency", "XXX", "currency.unknown", ""});
  } else if (type == "id") {
    wrong.push_back(
        {"an id of another kind", "xyz_01j9z3x8m40000000000000000", "id.malformed", ""});
    wrong.push_back(
        {"half an id", field["prefix"].get<std::string>() + "_01j9", "id.malformed", ""});
  } else if (type == "list") {
    add_lists(wrong, field, now);
  } else if (type == "headers") {
    wrong.push_back(
        {"a header of one part", Json::array({Json::array({"X-A"})}), "field.type", "[0]"});
    wrong.push_back({"a header of two lines", Json::array({Json::array({"X-A", "b\r\nX-B: c"})}),
                     "header.malformed", "[0]"});
  }
  return wrong;
}

}  // namespace

std::vector<Mutant> mutants_of(const std::string& operation, const Json& request) {
  std::vector<Mutant> mutants;
  const Json& type = declared(operation)["request"];
  Json more = request;
  more["surprise"] = 1;
  mutants.push_back({"with an unknown field", "", std::move(more), "field.unknown", "surprise"});
  for (const FoundField& field : fields_of(type, request)) {
    if (field.present && field.declared["required"] == true) {
      Json less = request;
      less[field.place.parent_pointer()].erase(field.place.back());
      mutants.push_back(
          {"without", field.pattern, std::move(less), "field.missing", field.printed});
      Json nothing = request;
      nothing[field.place] = nullptr;
      mutants.push_back(
          {"null", field.pattern, std::move(nothing), "field.missing", field.printed});
    }
    if (field.present && field.declared["type"] == "object") {
      Json stranger = request;
      stranger[field.place]["surprise"] = 1;
      mutants.push_back({"with an unknown field", field.pattern, std::move(stranger),
                         "field.unknown", field.printed + ".surprise"});
    }
    const Json now = field.present ? request[field.place] : Json();
    for (Wrong& wrong : wrong_values(field.declared, now)) {
      Json changed = request;
      changed[field.place] = std::move(wrong.value);
      mutants.push_back({wrong.what, field.pattern, std::move(changed), wrong.reason,
                         field.printed + wrong.below});
    }
  }
  return mutants;
}

}  // namespace kameng::test
