// code_store.cpp - see code_store.hpp.
#include "vault/code_store.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "vault/vault_sql.hpp"

namespace kameng::vault {
namespace {

constexpr std::int64_t status_revealed = 4;
constexpr std::int64_t window_max = 64;  // how far a code may be drawn out of order

std::vector<std::int64_t> ids_of(sql::Rows rows) {
  std::vector<std::int64_t> ids;
  while (rows.next()) {
    ids.push_back(rows.int64(0));
  }
  return ids;
}

std::int64_t size_of(std::span<const std::int64_t> codes) {
  return static_cast<std::int64_t>(codes.size());
}

template <class Codes>
std::map<SkuId, std::int64_t> count_by_sku(const Codes& codes) {
  std::map<SkuId, std::int64_t> counts;
  for (const auto& code : codes) {
    ++counts[code.sku_id];
  }
  return counts;
}

}  // namespace

std::vector<std::int64_t> pick(sql::Transaction& tx, const SkuId& sku, int count) {
  std::vector<std::int64_t> codes;
  if (tx.node().number > 0) {
    const std::vector<std::int64_t> window = ids_of(tx.query(codes_for_sale, sku, window_max));
    const auto share = window.size() * static_cast<std::size_t>(tx.node().number);
    const auto first = share / static_cast<std::size_t>(tx.node().count);
    if (first > 0) {
      codes = ids_of(tx.query(pick_codes_from, sku, window[first], count));
    }
  }
  if (std::ssize(codes) < count) {
    codes = ids_of(tx.query(pick_codes, sku, count));
  }
  if (!tx.is_only_writer() && std::ssize(codes) < count) {
    codes = ids_of(tx.query(pick_codes_waiting, sku, count));
  }
  return codes;
}

void hold(sql::Transaction& tx, std::span<const std::int64_t> codes, const SkuId& sku,
          const OrderLine& line, TimeMs until_ms) {
  for (const std::int64_t code : codes) {
    tx.run_exactly(1, hold_code, line.order_id, line.line, until_ms, code, sku);
  }
  change_stock(tx, sku, {-size_of(codes), size_of(codes), 0});
}

void claim(sql::Transaction& tx, std::span<const std::int64_t> codes, const SkuId& sku,
           const OrderLine& line) {
  for (const std::int64_t code : codes) {
    tx.run_exactly(1, claim_code, line.order_id, line.line, code, sku);
  }
  change_stock(tx, sku, {-size_of(codes), 0, size_of(codes)});
}

std::vector<HeldCode> held(sql::Transaction& tx, const OrderId& order) {
  std::vector<HeldCode> codes;
  sql::Rows rows = tx.query(held_codes, order);
  while (rows.next()) {
    codes.push_back({rows.int64(0), rows.id<SkuId>(1), static_cast<int>(rows.int64(2))});
  }
  return codes;
}

void sell(sql::Transaction& tx, const OrderId& order, std::span<const HeldCode> codes) {
  for (const HeldCode& code : codes) {
    tx.run_exactly(1, sell_code, code.id, order);
  }
  for (const auto& [sku, count] : count_by_sku(codes)) {
    change_stock(tx, sku, {0, -count, count});
  }
}

void release(sql::Transaction& tx, const OrderId& order, std::span<const HeldCode> codes) {
  tx.run_exactly(static_cast<std::int64_t>(codes.size()), release_codes, order);
  for (const auto& [sku, count] : count_by_sku(codes)) {
    change_stock(tx, sku, {count, -count, 0});
  }
}

std::vector<SealedCode> sold_to(sql::Transaction& tx, const OrderId& order) {
  std::vector<SealedCode> codes;
  sql::Rows rows = tx.query(sold_codes, order);
  while (rows.next()) {
    codes.push_back({.id = rows.int64(0),
                     .sku_id = rows.id<SkuId>(1),
                     .line = static_cast<int>(rows.int64(2)),
                     .batch_id = rows.id<BatchId>(3),
                     .ordinal = rows.int64(4),
                     .sealed = rows.blob(5),
                     .revealed = rows.int64(6) == status_revealed});
  }
  return codes;
}

void mark_revealed(sql::Transaction& tx, const OrderId& order) {
  tx.run(reveal_codes, order);
}

void return_unrevealed(sql::Transaction& tx, const OrderId& order,
                       std::span<const SealedCode> codes) {
  std::vector<SealedCode> unrevealed;
  std::copy_if(codes.begin(), codes.end(), std::back_inserter(unrevealed),
               [](const SealedCode& code) { return !code.revealed; });
  tx.run_exactly(static_cast<std::int64_t>(unrevealed.size()), return_codes, order);
  for (const auto& [sku, count] : count_by_sku(unrevealed)) {
    change_stock(tx, sku, {count, 0, -count});
  }
}

Bytes sealed_batch_key(sql::Transaction& tx, const BatchId& batch) {
  sql::Rows rows = tx.query(find_batch, batch);
  return rows.next() ? rows.blob(1) : Bytes();
}

bool sku_exists(sql::Transaction& tx, const SkuId& sku, const std::optional<std::string>& scope) {
  sql::Rows rows = tx.query(find_sku, sku);
  return rows.next() && (!scope || rows.maybe_text(0) == scope);
}

stock::Stock stock_of(sql::Transaction& tx, const SkuId& sku) {
  sql::Rows rows = tx.query(find_stock, sku);
  if (!rows.next() || rows.is_null(0)) {
    return {};
  }
  return {rows.int64(0), rows.int64(1), rows.int64(2)};
}

void change_stock(sql::Transaction& tx, const SkuId& sku, const stock::Stock& by) {
  if (by.available == 0 && by.held == 0 && by.sold == 0) {
    return;
  }
  const bool only_adds = by.available >= 0 && by.held >= 0 && by.sold >= 0;
  tx.run_exactly(1, only_adds ? add_stock : move_stock, sku, by.available, by.held, by.sold);
}

bool fold_stock(sql::Transaction& tx, int rows_max) {
  return !tx.is_only_writer() && sql::fold(tx, stock_fold, rows_max);
}

}  // namespace kameng::vault
