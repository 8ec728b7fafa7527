// vault_sql.hpp - every statement of the vault's tables, named. The statuses stand in the text,
// because partial indexes are found by literals only.
#pragma once

#include "sql/fold.hpp"
#include "sql/statement.hpp"

namespace kameng::vault {

// The catalog owns this table; the vault asks only whether a row is there.
inline constexpr sql::Statement find_sku{"vault.find_sku", "SELECT 1 FROM {p}sku WHERE id = ?"};

inline constexpr sql::Statement insert_batch{
    "batch.insert",
    "INSERT INTO {p}batch (id, sku_id, sealed_key, next_ordinal, created_at_ms)"
    " VALUES (?,?,?,?,?)"};
inline constexpr sql::Statement find_batch{
    "batch.find", "SELECT sku_id, sealed_key, next_ordinal FROM {p}batch WHERE id = ?"};
inline constexpr sql::Statement extend_batch{
    "batch.extend",
    "UPDATE {p}batch SET next_ordinal = next_ordinal + ? WHERE id = ? AND next_ordinal = ?"};

inline constexpr sql::Statement insert_code{
    "code.insert",
    "INSERT INTO {p}code (sku_id, batch_id, ordinal, blind, sealed, status) VALUES (?,?,?,?,?,?)"
    " ON CONFLICT (blind, sku_id) DO NOTHING"};
inline constexpr sql::Statement find_blind{"code.find_blind",
                                           "SELECT 1 FROM {p}code WHERE blind = ? AND sku_id = ?"};
// Parameters: batch, first ordinal, one past the last, how many.
inline constexpr sql::Statement activate_codes{
    "code.activate",
    "UPDATE {p}code SET status = 1 WHERE id IN (SELECT id FROM {p}code WHERE batch_id = ?"
    " AND ordinal >= ? AND ordinal < ? AND status = 0 LIMIT ?)"};
inline constexpr sql::Statement take_back_codes{
    "code.take_back",
    "DELETE FROM {p}code WHERE id IN (SELECT id FROM {p}code WHERE batch_id = ?"
    " AND ordinal >= ? AND ordinal < ? AND status = 0 LIMIT ?)"};

inline constexpr sql::Statement pick_codes{
    "code.pick", "SELECT id FROM {p}code WHERE sku_id = ? AND status = 1 ORDER BY id LIMIT ?"};
inline constexpr sql::Statement hold_code{
    "code.hold",
    "UPDATE {p}code SET status = 2, order_id = ?, line = ?, hold_until_ms = ?"
    " WHERE id = ? AND sku_id = ? AND status = 1"};
inline constexpr sql::Statement claim_code{"code.claim",
                                           "UPDATE {p}code SET status = 3, order_id = ?, line = ?"
                                           " WHERE id = ? AND sku_id = ? AND status = 1"};
inline constexpr sql::Statement held_codes{
    "code.held",
    "SELECT id, sku_id, line FROM {p}code WHERE order_id = ? AND status = 2 ORDER BY id"};
// One by one, by their row: where a table has a trigger SQLite first gathers the rows of an UPDATE
// that may find several in a table of its own.
inline constexpr sql::Statement sell_code{"code.sell",
                                          "UPDATE {p}code SET status = 3, hold_until_ms = NULL"
                                          " WHERE id = ? AND order_id = ? AND status = 2"};
inline constexpr sql::Statement release_codes{
    "code.release",
    "UPDATE {p}code SET status = 1, order_id = NULL, line = NULL, hold_until_ms = NULL"
    " WHERE order_id = ? AND status = 2"};
inline constexpr sql::Statement sold_codes{
    "code.sold",
    "SELECT id, sku_id, line, batch_id, ordinal, sealed, status FROM {p}code"
    " WHERE order_id = ? AND status IN (3, 4) ORDER BY line, id"};
inline constexpr sql::Statement return_codes{"code.return",
                                             "UPDATE {p}code SET status = 1, order_id = NULL, line "
                                             "= NULL WHERE order_id = ? AND status = 3"};
inline constexpr sql::Statement reveal_codes{
    "code.reveal", "UPDATE {p}code SET status = 4 WHERE order_id = ? AND status = 3"};

inline constexpr sql::Statement insert_stock_delta{
    "stock.insert_delta",
    "INSERT INTO {p}stock_delta (sku_id, available, held, sold) VALUES (?,?,?,?)"};
inline constexpr sql::Statement find_stock{
    "stock.find",
    "SELECT SUM(available), SUM(held), SUM(sold) FROM ("
    "SELECT available, held, sold FROM {p}stock_count WHERE sku_id = ?"
    " UNION ALL SELECT available, held, sold FROM {p}stock_delta WHERE sku_id = ?)"};

// The snapshot's rows are replaced by whole sums: a CHECK is asked of the inserted row before the
// conflict is seen, and a delta alone may be negative. Not indexed: by their ids the deltas of this
// round are found at once; in the order of an index by sku all would be read for each round.
inline constexpr sql::Fold stock_fold{
    {"stock.fold_pick",
     "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM (SELECT id FROM {p}stock_delta ORDER BY id LIMIT "
     "?)"},
    {"stock.fold_add",
     "INSERT INTO {p}stock_count (sku_id, available, held, sold)"
     " SELECT d.sku_id, COALESCE(MAX(c.available), 0) + SUM(d.available),"
     " COALESCE(MAX(c.held), 0) + SUM(d.held), COALESCE(MAX(c.sold), 0) + SUM(d.sold)"
     " FROM {p}stock_delta d NOT INDEXED LEFT JOIN {p}stock_count c ON c.sku_id = d.sku_id"
     " WHERE d.id <= ? GROUP BY d.sku_id"
     " ON CONFLICT (sku_id) DO UPDATE SET available = excluded.available, held = excluded.held,"
     " sold = excluded.sold"},
    {"stock.fold_settle", "DELETE FROM {p}stock_delta WHERE id <= ?"},
};

// Checks, asked for by system.verify alone; they read whole tables.
inline constexpr sql::Statement all_stock{
    "stock.all",
    "SELECT sku_id, available, held, sold FROM {p}stock_count"
    " UNION ALL SELECT sku_id, available, held, sold FROM {p}stock_delta"};
inline constexpr sql::Statement all_batches{"batch.all",
                                            "SELECT id, sku_id, next_ordinal FROM {p}batch"};
inline constexpr sql::Statement all_codes{
    "code.all",
    "SELECT id, sku_id, batch_id, ordinal, status, order_id IS NOT NULL AND line IS NOT NULL,"
    " order_id IS NULL AND line IS NULL FROM {p}code ORDER BY id",
    sql::Lock::none, {}, {}, true};

}  // namespace kameng::vault
