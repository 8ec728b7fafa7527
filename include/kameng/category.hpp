// category.hpp - what a host says and hears about categories.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

namespace kameng::category {

struct Created {
  CategoryId category_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("category_id", &Created::category_id, "The new category.");
  }
};

struct Create {
  static constexpr std::string_view operation = "category.create";
  using Answer = Created;

  std::string name;
  std::optional<CategoryId> parent_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &Create::name, "Name as the shop shows it.").length(1, 200);
    f.optional("parent_id", &Create::parent_id, "The category it is in; absent: at the top.");
  }
};

struct Item {
  CategoryId category_id;
  std::string name;
  std::optional<CategoryId> parent_id;
  std::int64_t created_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("category_id", &Item::category_id, "The category.");
    f.required("name", &Item::name, "Name as the shop shows it.");
    f.optional("parent_id", &Item::parent_id, "The category it is in.");
    f.required("created_at_ms", &Item::created_at_ms, "When it was made.");
  }
};

struct Page {
  std::vector<Item> items;
  std::optional<CategoryId> next;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Page::items, "Categories, oldest first.");
    f.optional("next", &Page::next, "Give it as `cursor` for the next page; absent on the last.");
  }
};

struct List {
  static constexpr std::string_view operation = "category.list";
  using Answer = Page;

  std::optional<CategoryId> parent_id;
  std::optional<CategoryId> cursor;
  std::int64_t limit = 50;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("parent_id", &List::parent_id, "Those in this category; absent: those at the top.");
    f.optional("cursor", &List::cursor, "`next` of the page before.");
    f.optional("limit", &List::limit, "How many at most; 50 when absent.").range(1, 200);
  }
};

}  // namespace kameng::category
