// category.cpp - making and listing categories.
#include "catalog/category.hpp"

#include "catalog/catalog_sql.hpp"

namespace kameng::catalog {

bool category_exists(sql::Transaction& tx, CategoryId id) {
  sql::Rows rows = tx.query(find_category, id);
  return rows.next();
}

CreateCategoryFacts read_facts(sql::Transaction& tx, CategoryId new_id, TimeMs now_ms,
                               const category::Create& request) {
  CreateCategoryFacts facts;
  facts.new_id = new_id;
  facts.now_ms = now_ms;
  facts.parent_known = request.parent_id && category_exists(tx, *request.parent_id);
  return facts;
}

command::Decision<CreateCategoryPlan> decide(const CreateCategoryFacts& facts,
                                             const category::Create& request) {
  using Decision = command::Decision<CreateCategoryPlan>;
  if (request.parent_id && !facts.parent_known) {
    return Decision::refuse(
        Error{Status::not_found, "category.not_found", "There is no such category."}.at(
            "parent_id"));
  }
  CreateCategoryPlan plan;
  plan.id = facts.new_id;
  plan.parent_id = request.parent_id;
  plan.name = request.name;
  plan.created_at_ms = facts.now_ms;
  plan.entries.push_back({"category.created", plan.id.text(), {{"name", plan.name}}});
  return Decision::accept(std::move(plan));
}

category::Created apply(sql::Transaction& tx, const CreateCategoryPlan& plan) {
  tx.run_exactly(1, insert_category, plan.id, plan.parent_id, plan.name, plan.created_at_ms);
  return {plan.id};
}

category::Page list_page(sql::Transaction& tx, const category::List& request) {
  const CategoryId after = request.cursor.value_or(CategoryId{});  // no id is all zeros
  // One row more than asked for tells whether there is a next page.
  const std::int64_t rows_max = request.limit + 1;
  sql::Rows rows = request.parent_id
                       ? tx.query(list_child_categories, *request.parent_id, after, rows_max)
                       : tx.query(list_top_categories, after, rows_max);
  category::Page page;
  while (rows.next()) {
    if (std::ssize(page.items) == request.limit) {
      page.next = page.items.back().category_id;
      break;
    }
    category::Item item;
    item.category_id = rows.id<CategoryId>(0);
    item.name = rows.text(1);
    item.parent_id = rows.maybe_id<CategoryId>(2);
    item.created_at_ms = rows.int64(3);
    page.items.push_back(std::move(item));
  }
  return page;
}

}  // namespace kameng::catalog
