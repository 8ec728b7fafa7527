// catalog_sql.hpp - every statement of the catalog's tables, named.
#pragma once

#include "sql/statement.hpp"

namespace kameng::catalog {

// Goods keep a rowid: a description may be long, and long rows make a poor b-tree. SKUs are read by
// id on every order and are short, so their rows live in the index itself.
inline constexpr sql::Script catalog_schema{.sqlite = R"sql(
CREATE TABLE {p}category (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  parent_id BLOB REFERENCES {p}category (id),
  name TEXT NOT NULL CHECK (name <> ''),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX {p}category_parent ON {p}category (parent_id, id);

CREATE TABLE {p}goods (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  category_id BLOB NOT NULL REFERENCES {p}category (id),
  supplier_id TEXT CHECK (length(supplier_id) BETWEEN 1 AND 64),
  commission_bp INTEGER NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
  status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'withdrawn')),
  name TEXT NOT NULL CHECK (name <> ''),
  description TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX {p}goods_category ON {p}goods (category_id, status, id);
CREATE INDEX {p}goods_status ON {p}goods (status, id);

CREATE TABLE {p}sku (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  goods_id BLOB NOT NULL REFERENCES {p}goods (id),
  ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
  name TEXT NOT NULL CHECK (name <> ''),
  unit_price_micros INTEGER NOT NULL CHECK (unit_price_micros > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  delivery TEXT NOT NULL CHECK (delivery IN ('code')),
  UNIQUE (goods_id, ordinal)
) STRICT, WITHOUT ROWID;
)sql",
                                            .postgres = R"sql(
CREATE TABLE {p}category (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  parent_id BYTEA REFERENCES {p}category (id),
  name TEXT NOT NULL CHECK (name <> ''),
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX {p}category_parent ON {p}category (parent_id, id);
CREATE INDEX {p}category_top ON {p}category (id) WHERE parent_id IS NULL;

CREATE TABLE {p}goods (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  category_id BYTEA NOT NULL REFERENCES {p}category (id),
  supplier_id TEXT CHECK (length(supplier_id) BETWEEN 1 AND 64),
  commission_bp BIGINT NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
  status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'withdrawn')),
  name TEXT NOT NULL CHECK (name <> ''),
  description TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL
);
CREATE INDEX {p}goods_category ON {p}goods (category_id, status, id);
CREATE INDEX {p}goods_category_all ON {p}goods (category_id, id);
CREATE INDEX {p}goods_status ON {p}goods (status, id);

CREATE TABLE {p}sku (
  id BYTEA PRIMARY KEY CHECK (octet_length(id) = 16),
  goods_id BYTEA NOT NULL REFERENCES {p}goods (id),
  ordinal BIGINT NOT NULL CHECK (ordinal >= 0),
  name TEXT NOT NULL CHECK (name <> ''),
  unit_price_micros BIGINT NOT NULL CHECK (unit_price_micros > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  delivery TEXT NOT NULL CHECK (delivery IN ('code')),
  UNIQUE (goods_id, ordinal)
);
)sql",
                                            .mariadb = R"sql(
CREATE TABLE IF NOT EXISTS {p}category (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  parent_id VARBINARY(16),
  name VARCHAR(200) NOT NULL CHECK (name <> ''),
  created_at_ms BIGINT NOT NULL,
  KEY {p}category_parent (parent_id, id),
  FOREIGN KEY (parent_id) REFERENCES {p}category (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};

CREATE TABLE IF NOT EXISTS {p}goods (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  category_id VARBINARY(16) NOT NULL,
  supplier_id VARCHAR(64) CHECK (char_length(supplier_id) BETWEEN 1 AND 64),
  commission_bp BIGINT NOT NULL CHECK (commission_bp BETWEEN 0 AND 10000),
  status VARCHAR(16) NOT NULL CHECK (status IN ('draft', 'published', 'withdrawn')),
  name VARCHAR(200) NOT NULL CHECK (name <> ''),
  description LONGTEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  KEY {p}goods_category (category_id, status, id),
  KEY {p}goods_category_all (category_id, id),
  KEY {p}goods_status (status, id),
  FOREIGN KEY (category_id) REFERENCES {p}category (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};

CREATE TABLE IF NOT EXISTS {p}sku (
  id VARBINARY(16) NOT NULL PRIMARY KEY CHECK (octet_length(id) = 16),
  goods_id VARBINARY(16) NOT NULL,
  ordinal BIGINT NOT NULL CHECK (ordinal >= 0),
  name VARCHAR(200) NOT NULL CHECK (name <> ''),
  unit_price_micros BIGINT NOT NULL CHECK (unit_price_micros > 0),
  currency VARCHAR(3) NOT NULL CHECK (char_length(currency) = 3),
  delivery VARCHAR(16) NOT NULL CHECK (delivery IN ('code')),
  UNIQUE KEY {p}sku_goods (goods_id, ordinal),
  FOREIGN KEY (goods_id) REFERENCES {p}goods (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};
)sql"};

// Servers have had it from the first.
inline constexpr sql::Script catalog_schema_3{
    .sqlite = "CREATE INDEX {p}goods_category_all ON {p}goods (category_id, id);"};

// What a supplier's people list.
inline constexpr sql::Script catalog_schema_5{
    .sqlite =
        "CREATE INDEX {p}goods_supplier ON {p}goods (supplier_id, id)"
        " WHERE supplier_id IS NOT NULL;",
    .postgres =
        "CREATE INDEX {p}goods_supplier ON {p}goods (supplier_id, id)"
        " WHERE supplier_id IS NOT NULL;",
    .mariadb = "CREATE INDEX IF NOT EXISTS {p}goods_supplier ON {p}goods (supplier_id, id);"};

inline constexpr sql::Statement insert_category{
    "category.insert",
    "INSERT INTO {p}category (id, parent_id, name, created_at_ms) VALUES (?,?,?,?)"};
inline constexpr sql::Statement find_category{"category.find",
                                              "SELECT 1 FROM {p}category WHERE id = ?"};
inline constexpr sql::Statement list_top_categories{
    "category.list_top",
    "SELECT id, name, parent_id, created_at_ms FROM {p}category"
    " WHERE parent_id IS NULL AND id > ? ORDER BY id LIMIT ?"};
inline constexpr sql::Statement list_child_categories{
    "category.list_children",
    "SELECT id, name, parent_id, created_at_ms FROM {p}category"
    " WHERE parent_id = ? AND id > ? ORDER BY id LIMIT ?"};

inline constexpr sql::Statement insert_goods{
    "goods.insert",
    "INSERT INTO {p}goods (id, category_id, supplier_id, commission_bp, status, name, description,"
    " created_at_ms) VALUES (?,?,?,?,?,?,?,?)"};
inline constexpr sql::Statement find_goods{
    "goods.find",
    "SELECT id, category_id, supplier_id, commission_bp, status, name, description, created_at_ms"
    " FROM {p}goods WHERE id = ?",
    sql::Lock::rows};  // two edits of parts of the goods must not undo each other
inline constexpr sql::Statement update_goods{
    "goods.update", "UPDATE {p}goods SET name = ?, description = ? WHERE id = ?"};
inline constexpr sql::Statement find_goods_status{
    "goods.find_status", "SELECT status, supplier_id FROM {p}goods WHERE id = ?"};
// Counts 0 when the status that was decided on is no longer there.
inline constexpr sql::Statement update_goods_status{
    "goods.update_status", "UPDATE {p}goods SET status = ? WHERE id = ? AND status = ?"};

// The columns of a page of goods. The first SKU gives the currency, the cheapest of that currency
// the price.
#define KAMENG_GOODS_ITEMS                                                     \
  "SELECT g.id, g.category_id, g.name, g.status, g.created_at_ms, f.currency," \
  " (SELECT MIN(s.unit_price_micros) FROM {p}sku s"                            \
  "  WHERE s.goods_id = g.id AND s.currency = f.currency)"                     \
  " FROM {p}goods g JOIN {p}sku f ON f.goods_id = g.id AND f.ordinal = 0"
// One statement per set of filters, so that each walks an index that ends in the order of the page.
// PostgreSQL may walk both tables side by side, and would begin at the end of the second.
inline constexpr sql::Statement list_goods{
    "goods.list", KAMENG_GOODS_ITEMS " WHERE g.id < ? ORDER BY g.id DESC LIMIT ?", sql::Lock::none,
    KAMENG_GOODS_ITEMS " WHERE g.id < ?1 AND f.goods_id < ?1 ORDER BY g.id DESC LIMIT ?2"};
inline constexpr sql::Statement list_goods_by_status{
    "goods.list_by_status",
    KAMENG_GOODS_ITEMS " WHERE g.status = ? AND g.id < ? ORDER BY g.id DESC LIMIT ?"};
inline constexpr sql::Statement list_goods_by_category{
    "goods.list_by_category",
    KAMENG_GOODS_ITEMS " WHERE g.category_id = ? AND g.id < ? ORDER BY g.id DESC LIMIT ?"};
inline constexpr sql::Statement list_goods_by_category_and_status{
    "goods.list_by_category_and_status", KAMENG_GOODS_ITEMS
    " WHERE g.category_id = ? AND g.status = ? AND g.id < ? ORDER BY g.id DESC LIMIT ?"};
inline constexpr sql::Statement list_goods_by_supplier{
    "goods.list_by_supplier",
    KAMENG_GOODS_ITEMS " WHERE g.supplier_id = ? AND g.id < ? ORDER BY g.id DESC LIMIT ?"};
#undef KAMENG_GOODS_ITEMS

inline constexpr sql::Statement insert_sku{
    "sku.insert",
    "INSERT INTO {p}sku (id, goods_id, ordinal, name, unit_price_micros, currency, delivery)"
    " VALUES (?,?,?,?,?,?,?)"};
inline constexpr sql::Statement list_skus{
    "sku.list",
    "SELECT id, name, unit_price_micros, currency, delivery FROM {p}sku"
    " WHERE goods_id = ? ORDER BY ordinal"};
// Counts 0 when the price that was decided on is no longer there.
inline constexpr sql::Statement update_sku{
    "sku.update",
    "UPDATE {p}sku SET name = ?, unit_price_micros = ? WHERE id = ? AND unit_price_micros = ?"};
inline constexpr sql::Statement find_sku_with_goods{
    "sku.find_with_goods",
    "SELECT s.id, s.goods_id, s.name, g.name, s.unit_price_micros, s.currency, g.status,"
    " g.supplier_id, g.commission_bp, s.delivery"
    " FROM {p}sku s JOIN {p}goods g ON g.id = s.goods_id WHERE s.id = ?"};

}  // namespace kameng::catalog
