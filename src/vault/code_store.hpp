// code_store.hpp - codes as rows: picked, held, sold, released, returned, revealed, counted.
//
// Every change is guarded by the state it starts from; a row that is no longer in it fails the
// transaction as a conflict, and the phase runs again on what is true now. Nothing here opens a
// sealed code (unsealer.hpp) or decides who gets one (order).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/vault.hpp>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/finding.hpp"
#include "sql/transaction.hpp"

namespace kameng::vault {

struct HeldCode {
  std::int64_t id = 0;
  SkuId sku_id;
  int line = 0;
};

// A code as it lies at rest, with everything its seal is bound to.
struct SealedCode {
  std::int64_t id = 0;
  SkuId sku_id;
  int line = 0;
  BatchId batch_id;
  std::int64_t ordinal = 0;
  Bytes sealed;
  bool revealed = false;
};

// Whose codes change hands: a line of an order.
struct OrderLine {
  OrderId order_id;
  int line = 0;
};

// Picks (and on servers locks) up to `count` codes of the sku that are for sale, oldest first.
// Changes nothing. Fewer when fewer are left: refusing is the decision's business. Codes that
// another open transaction has picked are passed over, so two customers wait for each other only
// when too few are left.
[[nodiscard]] std::vector<std::int64_t> pick(sql::Transaction& tx, const SkuId& sku, int count);

// available -> held, for picked codes of one sku.
void hold(sql::Transaction& tx, std::span<const std::int64_t> codes, const SkuId& sku,
          const OrderLine& line, TimeMs until_ms);
// available -> sold, for picked codes of one sku: money that came after the hold was gone.
void claim(sql::Transaction& tx, std::span<const std::int64_t> codes, const SkuId& sku,
           const OrderLine& line);

// What an order holds, and nothing of what it has bought.
[[nodiscard]] std::vector<HeldCode> held(sql::Transaction& tx, const OrderId& order);
// held -> sold, and held -> available. `codes` is all that held() gave for the order.
void sell(sql::Transaction& tx, const OrderId& order, std::span<const HeldCode> codes);
void release(sql::Transaction& tx, const OrderId& order, std::span<const HeldCode> codes);

// What an order has bought, by line and then in the order of drawing.
[[nodiscard]] std::vector<SealedCode> sold_to(sql::Transaction& tx, const OrderId& order);
// sold -> revealed, for all of the order. Repeating it changes nothing. The caller records the
// reveal in the same transaction.
void mark_revealed(sql::Transaction& tx, const OrderId& order);
// sold -> available, after a refund. `codes` is all that sold_to() gave; those that were revealed
// stay where they are.
void return_unrevealed(sql::Transaction& tx, const OrderId& order,
                       std::span<const SealedCode> codes);

// The key of a batch, sealed under the master key; empty for an unknown batch, and then its codes
// do not open.
[[nodiscard]] Bytes sealed_batch_key(sql::Transaction& tx, const BatchId& batch);

// Whether the catalog has the sku, in the scope of who asks (command::Actor::scope).
[[nodiscard]] bool sku_exists(sql::Transaction& tx, const SkuId& sku,
                              const std::optional<std::string>& scope);

// Zeroes for a sku that never had a code.
[[nodiscard]] stock::Stock stock_of(sql::Transaction& tx, const SkuId& sku);
// Adds to the counts of a sku.
void change_stock(sql::Transaction& tx, const SkuId& sku, const stock::Stock& by);
// Due work of servers, where the counts are a snapshot and deltas. True when there may be more to
// fold.
[[nodiscard]] bool fold_stock(sql::Transaction& tx, int rows_max);

// Reads whole tables: for system.verify.
[[nodiscard]] std::vector<Finding> verify(sql::Transaction& tx);

}  // namespace kameng::vault
