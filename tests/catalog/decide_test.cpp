// decide_test.cpp - the catalog's decisions on facts made by hand: no engine, no database.
#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "catalog/category.hpp"
#include "catalog/goods.hpp"
#include "catalog/goods_create.hpp"
#include "catalog/goods_step.hpp"
#include "catalog/goods_update.hpp"

namespace kameng::catalog {
namespace {

template <class IdType>
IdType id(std::uint8_t last) {
  IdType made;
  made.bytes[15] = last;
  return made;
}

goods::NewSku new_sku(std::string name, std::int64_t unit_price_micros) {
  goods::NewSku sku;
  sku.name = std::move(name);
  sku.unit_price_micros = unit_price_micros;
  return sku;
}

goods::Create create_request() {
  goods::Create request;
  request.category_id = id<CategoryId>(1);
  request.name = "Game card";
  request.skus = {new_sku("50", 50'000'000), new_sku("100", 99'000'000)};
  return request;
}

CreateGoodsFacts create_facts() {
  CreateGoodsFacts facts;
  facts.new_id = id<GoodsId>(7);
  facts.new_sku_ids = {id<SkuId>(8), id<SkuId>(9)};
  facts.category_known = true;
  facts.now_ms = 1'000;
  return facts;
}

goods::View stored_goods() {
  goods::View view;
  view.goods_id = id<GoodsId>(7);
  view.category_id = id<CategoryId>(1);
  view.supplier_id = "supplier 3";
  view.commission_bp = 1'000;
  view.name = "Game card";
  view.description = "For play.";
  view.status = "published";
  goods::Sku first;
  first.sku_id = id<SkuId>(8);
  first.name = "50";
  first.unit_price_micros = 50'000'000;
  goods::Sku second = first;
  second.sku_id = id<SkuId>(9);
  second.name = "100";
  view.skus = {first, second};
  return view;
}

goods::SkuChange price_change(SkuId sku_id, std::int64_t unit_price_micros) {
  goods::SkuChange change;
  change.sku_id = sku_id;
  change.unit_price_micros = unit_price_micros;
  return change;
}

std::vector<std::string> kinds(const std::vector<audit::Entry>& entries) {
  std::vector<std::string> kinds;
  for (const audit::Entry& entry : entries) {
    kinds.emplace_back(entry.kind);
  }
  return kinds;
}

}  // namespace

TEST_SUITE("catalog") {
  // Goal: a category hangs under one that exists, or at the top.
  // Method: decide() with and without a parent, known and unknown.
  TEST_CASE("a category is refused under a parent that does not exist") {
    CreateCategoryFacts facts;
    facts.new_id = id<CategoryId>(5);
    category::Create request;
    request.name = "Games";
    CHECK(decide(facts, request).plan.has_value());

    request.parent_id = id<CategoryId>(4);
    const auto refused = decide(facts, request);
    REQUIRE(refused.refusal.has_value());
    CHECK(refused.refusal->reason == "category.not_found");
    CHECK(refused.refusal->status == Status::not_found);
    CHECK(refused.refusal->field == "parent_id");

    facts.parent_known = true;
    const auto accepted = decide(facts, request);
    REQUIRE(accepted.plan.has_value());
    CHECK(accepted.plan->parent_id == request.parent_id);
    CHECK(kinds(accepted.plan->entries) == std::vector<std::string>{"category.created"});
  }

  // Goal: the commission belongs to goods with a supplier and is 10 % unless said otherwise.
  // Method: one table row per combination of supplier and commission.
  TEST_CASE("a commission needs a supplier and has a default") {
    struct Row {
      bool supplier;
      std::optional<std::int64_t> asked;
      std::optional<std::int64_t> planned;  // nothing: refused
    };
    const std::array<Row, 6> rows{{
        {false, std::nullopt, 0},
        {false, 500, std::nullopt},
        {false, 0, std::nullopt},
        {true, std::nullopt, 1'000},
        {true, 0, 0},
        {true, 2'500, 2'500},
    }};
    for (const Row& row : rows) {
      goods::Create request = create_request();
      if (row.supplier) {
        request.supplier_id = "supplier 3";
      }
      request.commission_bp = row.asked;
      const auto decision = decide(create_facts(), request);
      REQUIRE(decision.plan.has_value() == row.planned.has_value());
      if (row.planned) {
        CHECK(decision.plan->commission_bp == *row.planned);
      } else {
        CHECK(decision.refusal->reason == "goods.no_supplier");
        CHECK(decision.refusal->field == "commission_bp");
      }
    }
  }

  // Goal: goods need their category; the plan has each SKU with its own id, in the request's order.
  // Method: decide() on hand-made facts.
  TEST_CASE("new goods keep the order of their SKUs and need a known category") {
    const auto accepted = decide(create_facts(), create_request());
    REQUIRE(accepted.plan.has_value());
    REQUIRE(accepted.plan->skus.size() == 2);
    CHECK(accepted.plan->skus[0].id == id<SkuId>(8));
    CHECK(accepted.plan->skus[1].sku.name == "100");
    CHECK(kinds(accepted.plan->entries) == std::vector<std::string>{"goods.created"});

    CreateGoodsFacts facts = create_facts();
    facts.category_known = false;
    const auto refused = decide(facts, create_request());
    REQUIRE(refused.refusal.has_value());
    CHECK(refused.refusal->reason == "category.not_found");
  }

  // Goal: every step from every state ends as the table of transitions says.
  // Method: all six combinations, with the status afterwards or the reason, and the entry left
  // behind.
  TEST_CASE(
      "publishing and withdrawing follow the transitions, and repeating a step does nothing") {
    struct Row {
      GoodsStatus from;
      GoodsStep step;
      std::string outcome;
      std::vector<std::string> entries;
    };
    const std::vector<Row> rows{
        {GoodsStatus::draft, GoodsStep::publish, "published", {"goods.published"}},
        {GoodsStatus::published, GoodsStep::publish, "published", {}},
        {GoodsStatus::withdrawn, GoodsStep::publish, "published", {"goods.published"}},
        {GoodsStatus::draft, GoodsStep::withdraw, "goods.not_published", {}},
        {GoodsStatus::published, GoodsStep::withdraw, "withdrawn", {"goods.withdrawn"}},
        {GoodsStatus::withdrawn, GoodsStep::withdraw, "withdrawn", {}},
    };
    for (const Row& row : rows) {
      CAPTURE(goods_status_name(row.from));
      const auto decision = decide(GoodsStepFacts{id<GoodsId>(7), row.from}, row.step);
      if (decision.refusal) {
        CHECK(decision.refusal->reason == row.outcome);
        CHECK(decision.refusal->status == Status::failed_precondition);
      } else {
        CHECK(goods_status_name(decision.plan->to) == row.outcome);
        CHECK(kinds(decision.plan->entries) == row.entries);
      }
    }
    const auto unknown = decide(GoodsStepFacts{id<GoodsId>(7), std::nullopt}, GoodsStep::publish);
    REQUIRE(unknown.refusal.has_value());
    CHECK(unknown.refusal->reason == "goods.not_found");
  }

  // Goal: a price change is told with both prices; what does not change is neither written nor
  // told. Method: decide() on stored goods with a new price, the same price, a new name, and
  // nothing.
  TEST_CASE("a price change leaves an entry with both prices") {
    const UpdateGoodsFacts facts{stored_goods()};
    goods::Update request;
    request.goods_id = id<GoodsId>(7);
    request.skus = {price_change(id<SkuId>(9), 60'000'000), price_change(id<SkuId>(8), 50'000'000)};
    const auto decision = decide(facts, request);
    REQUIRE(decision.plan.has_value());
    const UpdateGoodsPlan& plan = *decision.plan;
    CHECK_FALSE(plan.texts_changed);
    REQUIRE(plan.skus.size() == 1);
    CHECK(plan.skus[0].id == id<SkuId>(9));
    CHECK(plan.skus[0].price_before_micros == 50'000'000);
    CHECK(plan.skus[0].price_after_micros == 60'000'000);
    CHECK(plan.after.skus[1].unit_price_micros == 60'000'000);
    REQUIRE(kinds(plan.entries) == std::vector<std::string>{"goods.updated", "sku.price_changed"});
    CHECK(plan.entries[1].subject == id<SkuId>(9).text());
    CHECK(std::get<std::int64_t>(plan.entries[1].details[0].value) == 50'000'000);
    CHECK(std::get<std::int64_t>(plan.entries[1].details[1].value) == 60'000'000);

    goods::Update rename;
    rename.name = "Play card";
    const auto renamed = decide(facts, rename);
    REQUIRE(renamed.plan.has_value());
    CHECK(renamed.plan->texts_changed);
    CHECK(renamed.plan->after.name == "Play card");
    CHECK(renamed.plan->after.description == "For play.");
    CHECK(kinds(renamed.plan->entries) == std::vector<std::string>{"goods.updated"});

    goods::Update same;
    same.name = "Game card";
    const auto unchanged = decide(facts, same);
    REQUIRE(unchanged.plan.has_value());
    CHECK_FALSE(unchanged.plan->texts_changed);
    CHECK(unchanged.plan->entries.empty());
  }

  // Goal: each refusal of an update has its reason and its place.
  // Method: unknown goods, a SKU of other goods, a SKU named twice.
  TEST_CASE("an update that names the wrong thing is refused whole") {
    goods::Update request;
    const auto unknown = decide(UpdateGoodsFacts{}, request);
    REQUIRE(unknown.refusal.has_value());
    CHECK(unknown.refusal->reason == "goods.not_found");

    const UpdateGoodsFacts facts{stored_goods()};
    request.skus = {price_change(id<SkuId>(8), 1), price_change(id<SkuId>(77), 1)};
    const auto foreign = decide(facts, request);
    REQUIRE(foreign.refusal.has_value());
    CHECK(foreign.refusal->reason == "sku.not_found");
    CHECK(foreign.refusal->field == "skus[1].sku_id");
    CHECK_FALSE(foreign.plan.has_value());

    request.skus = {price_change(id<SkuId>(8), 1), price_change(id<SkuId>(8), 2)};
    const auto repeated = decide(facts, request);
    REQUIRE(repeated.refusal.has_value());
    CHECK(repeated.refusal->reason == "sku.repeated");
    CHECK(repeated.refusal->status == Status::invalid_argument);
  }

  // Goal: the shop window hides drafts, withdrawn goods, suppliers and commissions from everybody
  // but the host. Method: each kind of actor looks at the same goods in each status.
  TEST_CASE("visitors and customers see published goods without their supplier") {
    struct Row {
      command::ActorKind kind;
      bool everything;
    };
    const std::array<Row, 4> rows{{{command::ActorKind::nobody, false},
                                   {command::ActorKind::customer, false},
                                   {command::ActorKind::host, true},
                                   {command::ActorKind::system, true}}};
    for (const Row& row : rows) {
      command::Actor actor;
      actor.kind = row.kind;
      for (const std::string_view status : goods_status_names) {
        goods::View view = stored_goods();
        view.status = status;
        const auto shown = shown_to(actor, view);
        REQUIRE(shown.has_value() == (row.everything || status == "published"));
        if (shown) {
          CHECK(shown->supplier_id.has_value() == row.everything);
          CHECK(shown->commission_bp.has_value() == row.everything);
          CHECK(shown->skus.size() == 2);
        }
      }
    }
  }
}

}  // namespace kameng::catalog
