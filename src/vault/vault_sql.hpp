// vault_sql.hpp - every statement of the vault's tables, named. The statuses stand in the text,
// because partial indexes are found by literals only.
#pragma once

#include "sql/fold.hpp"
#include "sql/statement.hpp"

namespace kameng::vault {

// The catalog owns these tables; the vault asks only whether a row is there, and whose goods it is
// of.
inline constexpr sql::Statement find_sku{
    "vault.find_sku",
    "SELECT g.supplier_id FROM {p}sku AS s JOIN {p}goods AS g ON g.id = s.goods_id"
    " WHERE s.id = ?"};

inline constexpr sql::Statement insert_batch{
    "batch.insert",
    "INSERT INTO {p}batch (id, sku_id, sealed_key, next_ordinal, created_at_ms)"
    " VALUES (?,?,?,?,?)"};
inline constexpr sql::Statement find_batch{
    "batch.find", "SELECT sku_id, sealed_key, next_ordinal FROM {p}batch WHERE id = ?"};
inline constexpr sql::Statement extend_batch{
    "batch.extend",
    "UPDATE {p}batch SET next_ordinal = next_ordinal + ? WHERE id = ? AND next_ordinal = ?"};

// Its count tells a new code from one that is there, also from one that another open transaction
// has just inserted: the statement waits for it. MariaDB counts an ON DUPLICATE KEY UPDATE that
// changes nothing like an insert, so there it is IGNORE, which can hide nothing else: every value
// is made by us and fits its column.
inline constexpr sql::Statement insert_code{
    "code.insert",
    "INSERT INTO {p}code (sku_id, batch_id, ordinal, blind, sealed, status) VALUES (?,?,?,?,?,?)"
    " ON CONFLICT (blind, sku_id) DO NOTHING",
    sql::Lock::none, "",
    "INSERT IGNORE INTO {p}code (sku_id, batch_id, ordinal, blind, sealed, status)"
    " VALUES (?,?,?,?,?,?)"};
inline constexpr sql::Statement find_blind{"code.find_blind",
                                           "SELECT 1 FROM {p}code WHERE blind = ? AND sku_id = ?"};
// Parameters: batch, first ordinal, one past the last, how many.
inline constexpr sql::Statement activate_codes{
    "code.activate",
    "UPDATE {p}code SET status = 1 WHERE id IN (SELECT id FROM {p}code WHERE batch_id = ?"
    " AND ordinal >= ? AND ordinal < ? AND status = 0 LIMIT ?)",
    sql::Lock::none, "",
    "UPDATE {p}code SET status = 1 WHERE batch_id = ? AND ordinal >= ? AND ordinal < ?"
    " AND status = 0 LIMIT ?"};
inline constexpr sql::Statement take_back_codes{
    "code.take_back",
    "DELETE FROM {p}code WHERE id IN (SELECT id FROM {p}code WHERE batch_id = ?"
    " AND ordinal >= ? AND ordinal < ? AND status = 0 LIMIT ?)",
    sql::Lock::none, "",
    "DELETE FROM {p}code WHERE batch_id = ? AND ordinal >= ? AND ordinal < ?"
    " AND status = 0 LIMIT ?"};

// Pinned to the index of what is for sale: a planner that takes another one walks past every code
// that was ever sold. PostgreSQL takes the primary key for any order by id; `id + 0` is an order
// that the right index alone has.
#define KAMENG_PICK_POSTGRES \
  "SELECT id FROM {p}code WHERE sku_id = ? AND status = 1 ORDER BY id + 0 LIMIT ?"
#define KAMENG_PICK_MARIADB                                                 \
  "SELECT id FROM {p}code FORCE INDEX ({p}code_available) WHERE sku_id = ?" \
  " AND status = 1 ORDER BY id LIMIT ?"
inline constexpr sql::Statement pick_codes{
    "code.pick", "SELECT id FROM {p}code WHERE sku_id = ? AND status = 1 ORDER BY id LIMIT ?",
    sql::Lock::free_rows, KAMENG_PICK_POSTGRES, KAMENG_PICK_MARIADB};
// Servers, when fewer than wanted are free: also those that another open transaction has picked,
// and may not take.
inline constexpr sql::Statement pick_codes_waiting{"code.pick_waiting", pick_codes.text,
                                                   sql::Lock::rows, KAMENG_PICK_POSTGRES,
                                                   KAMENG_PICK_MARIADB};
// Nodes of a cluster do not see who has picked what on the others: the first ids of what is for
// sale, by plain read, are shared out between them.
inline constexpr sql::Statement codes_for_sale{"code.for_sale", "", sql::Lock::none, "",
                                               KAMENG_PICK_MARIADB};
inline constexpr sql::Statement pick_codes_from{
    "code.pick_from", "", sql::Lock::free_rows, "",
    "SELECT id FROM {p}code FORCE INDEX ({p}code_available) WHERE sku_id = ? AND status = 1"
    " AND id >= ? ORDER BY id LIMIT ?"};
#undef KAMENG_PICK_POSTGRES
#undef KAMENG_PICK_MARIADB
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

// Parameters: sku, available, held, sold. On servers a small row, so that trades of one sku do not
// wait for each other.
#define KAMENG_INSERT_DELTA \
  "INSERT INTO {p}stock_delta (sku_id, available, held, sold) VALUES (?1,?2,?3,?4)"
// The first codes of a sku make its row; no number is negative.
inline constexpr sql::Statement add_stock{
    "stock.add",
    "INSERT INTO {p}stock_count (sku_id, available, held, sold) VALUES (?1,?2,?3,?4)"
    " ON CONFLICT (sku_id) DO UPDATE SET available = available + excluded.available,"
    " held = held + excluded.held, sold = sold + excluded.sold",
    sql::Lock::none, KAMENG_INSERT_DELTA, KAMENG_INSERT_DELTA};
inline constexpr sql::Statement move_stock{
    "stock.move",
    "UPDATE {p}stock_count SET available = available + ?2, held = held + ?3, sold = sold + ?4"
    " WHERE sku_id = ?1",
    sql::Lock::none, KAMENG_INSERT_DELTA, KAMENG_INSERT_DELTA};
#undef KAMENG_INSERT_DELTA
#define KAMENG_FIND_STOCK                                              \
  "SELECT SUM(available), SUM(held), SUM(sold) FROM ("                 \
  "SELECT available, held, sold FROM {p}stock_count WHERE sku_id = ?1" \
  " UNION ALL SELECT available, held, sold FROM {p}stock_delta WHERE sku_id = ?1) AS counted"
inline constexpr sql::Statement find_stock{
    "stock.find", "SELECT available, held, sold FROM {p}stock_count WHERE sku_id = ?1",
    sql::Lock::none, KAMENG_FIND_STOCK, KAMENG_FIND_STOCK};
#undef KAMENG_FIND_STOCK

// Servers only. The snapshot's rows are replaced by whole sums: a CHECK is asked of the inserted
// row before the conflict is seen, and a delta alone may be negative.
#define KAMENG_FOLD_INTO                                                \
  "INSERT INTO {p}stock_count (sku_id, available, held, sold)"          \
  " SELECT d.sku_id, COALESCE(MAX(c.available), 0) + SUM(d.available)," \
  " COALESCE(MAX(c.held), 0) + SUM(d.held), COALESCE(MAX(c.sold), 0) + SUM(d.sold)"
#define KAMENG_FOLD_PICK "SELECT id FROM {p}stock_delta ORDER BY id LIMIT ?"
#define KAMENG_FOLD_LOCK "SELECT id FROM {p}stock_fold WHERE id = 1"
inline constexpr sql::Fold stock_fold{
    {"stock.fold_lock", "", sql::Lock::rows, KAMENG_FOLD_LOCK, KAMENG_FOLD_LOCK},
    {"stock.fold_pick", "", sql::Lock::none, KAMENG_FOLD_PICK, KAMENG_FOLD_PICK},
    {"stock.fold_add", "", sql::Lock::none,
     KAMENG_FOLD_INTO
     " FROM {p}stock_delta d LEFT JOIN {p}stock_count c ON c.sku_id = d.sku_id"
     " WHERE d.id = ANY " KAMENG_IDS_POSTGRES
     " GROUP BY d.sku_id ON CONFLICT (sku_id) DO UPDATE SET available = excluded.available,"
     " held = excluded.held, sold = excluded.sold",
     KAMENG_FOLD_INTO " FROM " KAMENG_IDS_MARIADB
                      " STRAIGHT_JOIN {p}stock_delta d ON d.id = listed.id"
                      " LEFT JOIN {p}stock_count c ON c.sku_id = d.sku_id GROUP BY d.sku_id"
                      " ON DUPLICATE KEY UPDATE available = VALUES(available), held = VALUES(held),"
                      " sold = VALUES(sold)"},
    {"stock.fold_settle", "", sql::Lock::none,
     "DELETE FROM {p}stock_delta WHERE id = ANY " KAMENG_IDS_POSTGRES,
     "DELETE d FROM " KAMENG_IDS_MARIADB " STRAIGHT_JOIN {p}stock_delta d ON d.id = listed.id"},
};
#undef KAMENG_FOLD_LOCK
#undef KAMENG_FOLD_PICK
#undef KAMENG_FOLD_INTO

// Checks, asked for by system.verify alone; they read whole tables.
#define KAMENG_ALL_STOCK                                     \
  "SELECT sku_id, available, held, sold FROM {p}stock_count" \
  " UNION ALL SELECT sku_id, available, held, sold FROM {p}stock_delta"
inline constexpr sql::Statement all_stock{
    "stock.all", "SELECT sku_id, available, held, sold FROM {p}stock_count", sql::Lock::none,
    KAMENG_ALL_STOCK, KAMENG_ALL_STOCK};
#undef KAMENG_ALL_STOCK
inline constexpr sql::Statement all_batches{"batch.all",
                                            "SELECT id, sku_id, next_ordinal FROM {p}batch"};
inline constexpr sql::Statement all_codes{
    "code.all",
    "SELECT id, sku_id, batch_id, ordinal, status, order_id IS NOT NULL AND line IS NOT NULL,"
    " order_id IS NULL AND line IS NULL FROM {p}code ORDER BY id",
    sql::Lock::none,
    {},
    {},
    true};

}  // namespace kameng::vault
