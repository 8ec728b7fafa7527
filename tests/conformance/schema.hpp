// schema.hpp - the tables of the cases and the statements that several of them run.
#pragma once

#include "sql/statement.hpp"

namespace kameng::conformance {

// `value` holds anything, `note` is guarded, `child` points at notes, `code` is claimed.
inline constexpr sql::Script tables{
    .sqlite =
        "CREATE TABLE {p}value (id INTEGER PRIMARY KEY, i INTEGER, t TEXT, b BLOB) STRICT;"
        "CREATE TABLE {p}word (word TEXT PRIMARY KEY NOT NULL) STRICT;"
        "CREATE TABLE {p}note (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL"
        " CONSTRAINT {p}amount_positive CHECK (amount >= 0), label TEXT NOT NULL) STRICT;"
        "CREATE UNIQUE INDEX {p}note_label ON {p}note (label);"
        "CREATE TABLE {p}child (id INTEGER PRIMARY KEY, note_id INTEGER NOT NULL"
        " REFERENCES {p}note (id)) STRICT;"
        "CREATE TABLE {p}code (id INTEGER PRIMARY KEY, taken_by INTEGER NOT NULL) STRICT;"
        "CREATE INDEX {p}code_free ON {p}code (taken_by, id)",
    .postgres =
        "CREATE TABLE {p}value (id BIGINT PRIMARY KEY, i BIGINT, t TEXT, b BYTEA);"
        "CREATE TABLE {p}word (word TEXT PRIMARY KEY);"
        "CREATE TABLE {p}note (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL"
        " CONSTRAINT {p}amount_positive CHECK (amount >= 0), label TEXT NOT NULL);"
        "CREATE UNIQUE INDEX {p}note_label ON {p}note (label);"
        "CREATE TABLE {p}child (id BIGINT PRIMARY KEY, note_id BIGINT NOT NULL"
        " REFERENCES {p}note (id));"
        "CREATE TABLE {p}code (id BIGINT PRIMARY KEY, taken_by BIGINT NOT NULL);"
        "CREATE INDEX {p}code_free ON {p}code (taken_by, id)",
    .mariadb =
        "CREATE TABLE {p}value (id BIGINT PRIMARY KEY, i BIGINT, t LONGTEXT, b LONGBLOB)"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};"
        "CREATE TABLE {p}word (word VARCHAR(64) PRIMARY KEY)"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};"
        "CREATE TABLE {p}note (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL,"
        " label VARCHAR(64) NOT NULL, UNIQUE KEY {p}note_label (label),"
        " CONSTRAINT {p}amount_positive CHECK (amount >= 0))"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};"
        "CREATE TABLE {p}child (id BIGINT PRIMARY KEY, note_id BIGINT NOT NULL,"
        " CONSTRAINT {p}child_note FOREIGN KEY (note_id) REFERENCES {p}note (id))"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation};"
        "CREATE TABLE {p}code (id BIGINT PRIMARY KEY, taken_by BIGINT NOT NULL,"
        " KEY {p}code_free (taken_by, id))"
        " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={collation}",
};

// Also those of the migration cases.
inline constexpr std::string_view drop_tables =
    "DROP TABLE IF EXISTS {p}child; DROP TABLE IF EXISTS {p}note; DROP TABLE IF EXISTS {p}value;"
    "DROP TABLE IF EXISTS {p}word; DROP TABLE IF EXISTS {p}code; DROP TABLE IF EXISTS {p}grown;"
    "DROP TABLE IF EXISTS {p}later; DROP TABLE IF EXISTS {p}migration";

inline constexpr sql::Statement insert_value{
    "value.insert", "INSERT INTO {p}value (id, i, t, b) VALUES (?, ?, ?, ?)"};
inline constexpr sql::Statement all_values{"value.all", "SELECT i, t, b FROM {p}value ORDER BY id"};
inline constexpr sql::Statement count_values{"value.count", "SELECT count(*) FROM {p}value"};
inline constexpr sql::Statement insert_note{
    "note.insert", "INSERT INTO {p}note (id, amount, label) VALUES (?, ?, ?)"};
inline constexpr sql::Statement count_notes{"note.count", "SELECT count(*) FROM {p}note"};
inline constexpr sql::Statement find_note{"note.find", "SELECT amount FROM {p}note WHERE id = ?"};
inline constexpr sql::Statement lock_note{"note.lock", "SELECT amount FROM {p}note WHERE id = ?",
                                          sql::Lock::rows};
inline constexpr sql::Statement set_note{"note.set", "UPDATE {p}note SET amount = ? WHERE id = ?"};
inline constexpr sql::Statement add_to_note{"note.add",
                                            "UPDATE {p}note SET amount = amount + ? WHERE id = ?"};

}  // namespace kameng::conformance
