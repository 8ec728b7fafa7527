// catalog_store_test.cpp - what the catalog writes and reads back, on a database in memory.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "catalog/catalog_sql.hpp"
#include "catalog/category.hpp"
#include "catalog/goods.hpp"
#include "catalog/goods_create.hpp"
#include "catalog/goods_step.hpp"
#include "catalog/goods_update.hpp"
#include "catalog/sku_facts.hpp"
#include "support/memory_database.hpp"

namespace kameng::catalog {
namespace {

command::Actor host() {
  command::Actor actor;
  actor.kind = command::ActorKind::host;
  return actor;
}

// A small shop whose writes go the way of the handlers: facts, decide, apply.
class Shop {
 public:
  CategoryId add_category(const std::string& name, std::optional<CategoryId> parent = {}) {
    category::Create request;
    request.name = name;
    request.parent_id = parent;
    const auto new_id = next_id<CategoryId>();
    return memory.write([&](sql::Transaction& tx) {
      const auto decision = decide(read_facts(tx, new_id, now_ms_, request), request);
      REQUIRE(decision.plan.has_value());
      return apply(tx, *decision.plan).category_id;
    });
  }

  goods::Created add_goods(CategoryId category, const std::string& name,
                           std::optional<std::string> supplier = {}) {
    goods::Create request;
    request.category_id = category;
    request.supplier_id = supplier;
    request.name = name;
    request.description = "About " + name;
    goods::NewSku sku;
    sku.name = "50";
    sku.unit_price_micros = 50'000'000;
    request.skus.push_back(sku);
    sku.name = "20";
    sku.unit_price_micros = 19'990'000;
    request.skus.push_back(sku);
    CreateGoodsFacts facts;
    facts.new_id = next_id<GoodsId>();
    facts.new_sku_ids = {next_id<SkuId>(), next_id<SkuId>()};
    facts.now_ms = now_ms_;
    return memory.write([&](sql::Transaction& tx) {
      facts.category_known = category_exists(tx, category);
      const auto decision = decide(facts, request);
      REQUIRE(decision.plan.has_value());
      return apply(tx, *decision.plan);
    });
  }

  std::string step(GoodsId id, GoodsStep step) {
    return memory.write([&](sql::Transaction& tx) {
      const auto decision = decide(read_step_facts(tx, id, std::nullopt), step);
      REQUIRE(decision.plan.has_value());
      return apply(tx, *decision.plan).status;
    });
  }

  goods::Page list(const command::Actor& actor, const goods::List& request) {
    return memory.read([&](sql::Transaction& tx) {
      Result<goods::Page> page = list_page(tx, actor, request);
      REQUIRE(page.ok());
      return std::move(*page);
    });
  }

  template <class IdType>
  IdType next_id() {
    return IdType{make_id_bytes(++now_ms_, random_.draw<10>())};
  }

  tests::MemoryDatabase memory{catalog_schema};

 private:
  SeededRandom random_{11};
  TimeMs now_ms_ = 1'700'000'000'000;
};

}  // namespace

TEST_SUITE("catalog") {
  // Goal: goods read back as they were written, and an order finds the SKU with all it needs.
  // Method: goods of a supplier go in; find_view() and find_sku() before and after publishing.
  TEST_CASE("goods and SKUs read back as they were written") {
    Shop shop;
    const CategoryId category = shop.add_category("Games");
    const auto supplier = std::string("supplier 7");
    const goods::Created created = shop.add_goods(category, "Game card", supplier);
    REQUIRE(created.skus.size() == 2);

    const auto view =
        shop.memory.read([&](sql::Transaction& tx) { return find_view(tx, created.goods_id); });
    REQUIRE(view.has_value());
    CHECK(view->name == "Game card");
    CHECK(view->description == "About Game card");
    CHECK(view->category_id == category);
    CHECK(view->supplier_id == supplier);
    CHECK(view->commission_bp == 1'000);
    CHECK(view->status == "draft");
    REQUIRE(view->skus.size() == 2);
    CHECK(view->skus[0].sku_id == created.skus[0].sku_id);
    CHECK(view->skus[1].name == "20");
    CHECK(view->skus[1].unit_price_micros == 19'990'000);
    CHECK(view->skus[1].currency.code() == "CNY");
    CHECK(view->skus[1].delivery == "code");

    const auto find = [&](SkuId id) {
      return shop.memory.read([&](sql::Transaction& tx) { return find_sku(tx, id); });
    };
    const auto draft = find(created.skus[1].sku_id);
    REQUIRE(draft.has_value());
    CHECK_FALSE(draft->published);
    CHECK(shop.step(created.goods_id, GoodsStep::publish) == "published");
    const auto sku = find(created.skus[1].sku_id);
    REQUIRE(sku.has_value());
    CHECK(sku->published);
    CHECK(sku->id == created.skus[1].sku_id);
    CHECK(sku->goods_id == created.goods_id);
    CHECK(sku->name == "20");
    CHECK(sku->goods_name == "Game card");
    CHECK(sku->unit_price_micros == 19'990'000);
    CHECK(sku->supplier_id == supplier);
    CHECK(sku->commission_bp == 1'000);
    CHECK(sku->delivery == "code");
    CHECK_FALSE(find(shop.next_id<SkuId>()).has_value());
  }

  // Goal: an update writes what changed and nothing else.
  // Method: one SKU's price and the name change; the goods are read back whole.
  TEST_CASE("an update changes the named SKU alone") {
    Shop shop;
    const goods::Created created = shop.add_goods(shop.add_category("Games"), "Game card");
    goods::Update request;
    request.goods_id = created.goods_id;
    request.name = "Play card";
    goods::SkuChange change;
    change.sku_id = created.skus[0].sku_id;
    change.unit_price_micros = 45'000'000;
    request.skus = {change};
    const goods::View answered = shop.memory.write([&](sql::Transaction& tx) {
      const UpdateGoodsFacts facts{find_view(tx, request.goods_id)};
      const auto decision = decide(facts, request);
      REQUIRE(decision.plan.has_value());
      return apply(tx, *decision.plan);
    });
    const auto view =
        shop.memory.read([&](sql::Transaction& tx) { return find_view(tx, created.goods_id); });
    REQUIRE(view.has_value());
    CHECK(view->name == "Play card");
    CHECK(view->description == "About Game card");
    CHECK(view->skus[0].unit_price_micros == 45'000'000);
    CHECK(view->skus[0].name == "50");
    CHECK(view->skus[1].unit_price_micros == 19'990'000);
    CHECK(answered.name == view->name);
    CHECK(answered.skus[0].unit_price_micros == view->skus[0].unit_price_micros);
  }

  // Goal: a plan made on a price or status that has changed since is not applied.
  // Method: the same plan is applied twice; the second finds another price, and its transaction
  // fails as a conflict.
  TEST_CASE("a plan that stands on an old price or status fails") {
    Shop shop;
    const goods::Created created = shop.add_goods(shop.add_category("Games"), "Game card");
    UpdateGoodsPlan price;
    price.skus.push_back({created.skus[0].sku_id, "50", 50'000'000, 40'000'000});
    GoodsStepPlan publish;
    publish.id = created.goods_id;
    publish.to = GoodsStatus::published;
    const bool first_failed = shop.memory.write([&](sql::Transaction& tx) {
      (void)apply(tx, price);
      (void)apply(tx, publish);
      return tx.failed();
    });
    CHECK_FALSE(first_failed);
    const auto fault_of = [&](auto plan) {
      sql::Fault fault = sql::Fault::none;
      (void)shop.memory.database().write(Deadline::after_ms(50),
                                         [&](sql::Transaction& tx) -> Result<void> {
                                           (void)apply(tx, plan);
                                           tx.settle();
                                           fault = tx.failure().fault;
                                           return Error{Status::aborted, "test.done", "Enough."};
                                         });
      return fault;
    };
    CHECK(fault_of(price) == sql::Fault::conflict);
    CHECK(fault_of(publish) == sql::Fault::conflict);
  }

  // Goal: pages are complete, disjoint and in order, whatever their size and filter.
  // Method: 23 goods in two categories, every third published; all pages of sizes 1, 7, 23 and 50
  // are put together.
  TEST_CASE("pages of goods are complete and disjoint") {
    Shop shop;
    const CategoryId games = shop.add_category("Games");
    const CategoryId films = shop.add_category("Films");
    std::vector<GoodsId> all;  // newest first
    std::vector<GoodsId> published_games;
    for (int i = 0; i < 23; ++i) {
      const CategoryId category = i % 2 == 0 ? games : films;
      const GoodsId id = shop.add_goods(category, "Goods " + std::to_string(i)).goods_id;
      all.insert(all.begin(), id);
      if (i % 3 == 0) {
        shop.step(id, GoodsStep::publish);
        if (category == games) {
          published_games.insert(published_games.begin(), id);
        }
      }
    }
    const auto walk = [&](goods::List request, std::int64_t limit) {
      request.limit = limit;
      std::vector<GoodsId> seen;
      for (;;) {
        const goods::Page page = shop.list(host(), request);
        REQUIRE(std::ssize(page.items) <= limit);
        for (const goods::Item& item : page.items) {
          seen.push_back(item.goods_id);
          CHECK(item.unit_price_micros_min == 19'990'000);
        }
        if (!page.next) {
          return seen;
        }
        REQUIRE(std::ssize(page.items) == limit);
        request.cursor = page.next;
      }
    };
    goods::List filtered;
    filtered.category_id = games;
    filtered.status = "published";
    for (const std::int64_t limit : {1, 7, 23, 50}) {
      CHECK(walk({}, limit) == all);
      CHECK(walk(filtered, limit) == published_games);
    }
    goods::List by_category;
    by_category.category_id = films;
    CHECK(walk(by_category, 4).size() == 11);
    goods::List by_status;
    by_status.status = "draft";
    CHECK(walk(by_status, 4).size() == 15);
  }

  // Goal: a visitor cannot list what is not published, also not by asking for it.
  // Method: one draft, one published, one withdrawn; a visitor asks with each filter.
  TEST_CASE("visitors list published goods only") {
    Shop shop;
    const CategoryId category = shop.add_category("Games");
    shop.add_goods(category, "Draft");
    const GoodsId published = shop.add_goods(category, "Published").goods_id;
    const GoodsId withdrawn = shop.add_goods(category, "Withdrawn").goods_id;
    shop.step(published, GoodsStep::publish);
    shop.step(withdrawn, GoodsStep::publish);
    CHECK(shop.step(withdrawn, GoodsStep::withdraw) == "withdrawn");

    const command::Actor visitor;
    for (const char* status : {"", "published", "draft", "withdrawn"}) {
      goods::List request;
      if (*status != '\0') {
        request.status = status;
      }
      const goods::Page page = shop.list(visitor, request);
      const bool some = *status == '\0' || std::string_view(status) == "published";
      REQUIRE(page.items.size() == (some ? 1U : 0U));
      if (some) {
        CHECK(page.items[0].goods_id == published);
      }
    }
    CHECK(shop.list(host(), {}).items.size() == 3);
  }

  // Goal: categories are listed level by level, in pages.
  // Method: three at the top, five in one of them, pages of two.
  TEST_CASE("categories are listed level by level") {
    Shop shop;
    const CategoryId games = shop.add_category("Games");
    shop.add_category("Films");
    shop.add_category("Music");
    for (int i = 0; i < 5; ++i) {
      shop.add_category("Game " + std::to_string(i), games);
    }
    const auto walk = [&](std::optional<CategoryId> parent) {
      category::List request;
      request.parent_id = parent;
      request.limit = 2;
      std::vector<std::string> names;
      for (;;) {
        const category::Page page =
            shop.memory.read([&](sql::Transaction& tx) { return list_page(tx, request); });
        for (const category::Item& item : page.items) {
          CHECK(item.parent_id == parent);
          names.push_back(item.name);
        }
        if (!page.next) {
          return names;
        }
        request.cursor = page.next;
      }
    };
    CHECK(walk(std::nullopt) == std::vector<std::string>{"Games", "Films", "Music"});
    CHECK(walk(games) ==
          std::vector<std::string>{"Game 0", "Game 1", "Game 2", "Game 3", "Game 4"});
  }
}

}  // namespace kameng::catalog
