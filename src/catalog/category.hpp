// category.hpp - making a category: facts, decision, plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kameng/category.hpp>

#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/decision.hpp"
#include "sql/transaction.hpp"

namespace kameng::catalog {

struct CreateCategoryFacts {
  CategoryId new_id;
  bool parent_known = false;  // looked up only when the request names a parent
  TimeMs now_ms = 0;
};

struct CreateCategoryPlan {
  CategoryId id;
  std::optional<CategoryId> parent_id;
  std::string name;
  TimeMs created_at_ms = 0;
  std::vector<audit::Entry> entries;
};

[[nodiscard]] bool category_exists(sql::Transaction& tx, CategoryId id);
[[nodiscard]] CreateCategoryFacts read_facts(sql::Transaction& tx, CategoryId new_id, TimeMs now_ms,
                                             const category::Create& request);
// Refuses with `category.not_found` when the parent is unknown.
[[nodiscard]] command::Decision<CreateCategoryPlan> decide(const CreateCategoryFacts& facts,
                                                           const category::Create& request);
[[nodiscard]] category::Created apply(sql::Transaction& tx, const CreateCategoryPlan& plan);

[[nodiscard]] category::Page list_page(sql::Transaction& tx, const category::List& request);

}  // namespace kameng::catalog
