// audit_sql.hpp - every statement of the audit log. Those named verify.* read whole tables and
// belong to system.verify.
#pragma once

#include "sql/id_list.hpp"
#include "sql/statement.hpp"

namespace kameng::audit {

using sql::Statement;

// No position: SQLite gives the greatest one plus one, and rows are never deleted. The transaction
// is the only writer, so the positions of a group's entries are contiguous and in the order of
// commits; the writer is the sequencer, and no second statement places them. On servers the
// sequencer gives them theirs. The entries of one command go in one statement.
#define KAMENG_ENTRY_INSERT "INSERT INTO {p}audit_entry (published, body) VALUES "
inline constexpr Statement entry_insert[] = {
    {"audit.entry_insert_1", KAMENG_ENTRY_INSERT "(?, ?)"},
    {"audit.entry_insert_2", KAMENG_ENTRY_INSERT "(?, ?), (?, ?)"},
    {"audit.entry_insert_3", KAMENG_ENTRY_INSERT "(?, ?), (?, ?), (?, ?)"},
    {"audit.entry_insert_4", KAMENG_ENTRY_INSERT "(?, ?), (?, ?), (?, ?), (?, ?)"},
    {"audit.entry_insert_5", KAMENG_ENTRY_INSERT "(?, ?), (?, ?), (?, ?), (?, ?), (?, ?)"},
    {"audit.entry_insert_6", KAMENG_ENTRY_INSERT "(?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)"},
};
#undef KAMENG_ENTRY_INSERT

// The sequencer, on servers only (sequencer.hpp). The head row is one that no command touches.
#define KAMENG_LOCK_HEAD "SELECT id FROM {p}audit_head WHERE id = 1"
inline constexpr Statement head_lock{"audit.head_lock", "", sql::Lock::rows, KAMENG_LOCK_HEAD,
                                     KAMENG_LOCK_HEAD};
#undef KAMENG_LOCK_HEAD
// In a cluster: a lock is of one node, what is written is everybody's.
inline constexpr Statement head_turn{"audit.head_turn", "", sql::Lock::none, "",
                                     "UPDATE {p}audit_head SET turn = turn + 1 WHERE id = 1"};
// MariaDB would sort all that are unplaced to give the first of them; the index holds them in the
// order of their ids.
inline constexpr Statement entries_unplaced{
    "audit.entries_unplaced", "", sql::Lock::none,
    "SELECT id FROM {p}audit_entry WHERE position IS NULL ORDER BY id LIMIT ?",
    "SELECT id FROM {p}audit_entry FORCE INDEX ({p}audit_entry_position)"
    " WHERE position IS NULL LIMIT ?"};
// Parameters: the entries, the position before the first of them.
inline constexpr Statement entries_place{
    "audit.entries_place", "", sql::Lock::none,
    "UPDATE {p}audit_entry AS e SET position = ?2 + listed.n FROM unnest" KAMENG_IDS_POSTGRES
    " WITH ORDINALITY AS listed(id, n) WHERE e.id = listed.id",
    "UPDATE " KAMENG_IDS_MARIADB
    " STRAIGHT_JOIN {p}audit_entry AS e ON e.id = listed.id"
    " SET e.position = ?2 + listed.n"};

inline constexpr Statement entry_count{"audit.entry_count",
                                       "SELECT COALESCE(MAX(position), 0) FROM {p}audit_entry"};

inline constexpr Statement entry_select{"audit.entry_select",
                                        "SELECT body FROM {p}audit_entry WHERE position = ?"};

inline constexpr Statement entry_range{
    "audit.entry_range",
    "SELECT position, body FROM {p}audit_entry WHERE position BETWEEN ? AND ? ORDER BY position"};

inline constexpr Statement entries_after{
    "audit.entries_after",
    "SELECT position, published, body FROM {p}audit_entry WHERE position > ? "
    "ORDER BY position LIMIT ?"};

inline constexpr Statement tile_count{
    "audit.tile_count",
    "SELECT COALESCE(MAX(tile_index) + 1, 0) FROM {p}audit_tile WHERE level = 0"};

inline constexpr Statement tile_select{
    "audit.tile_select", "SELECT hashes FROM {p}audit_tile WHERE level = ? AND tile_index = ?"};

inline constexpr Statement tile_save{
    "audit.tile_save",
    "INSERT INTO {p}audit_tile (level, tile_index, hashes) VALUES (?, ?, ?) "
    "ON CONFLICT (level, tile_index) DO UPDATE SET hashes = excluded.hashes",
    sql::Lock::none, "",
    "INSERT INTO {p}audit_tile (level, tile_index, hashes) VALUES (?, ?, ?) "
    "ON DUPLICATE KEY UPDATE hashes = VALUES(hashes)"};

inline constexpr Statement checkpoint_insert{
    "audit.checkpoint_insert",
    "INSERT INTO {p}audit_checkpoint (size, root, at_ms, note) VALUES (?, ?, ?, ?)"};

inline constexpr Statement checkpoint_latest{
    "audit.checkpoint_latest",
    "SELECT size, root, at_ms, note FROM {p}audit_checkpoint ORDER BY size DESC LIMIT 1"};

inline constexpr Statement checkpoint_select{
    "audit.checkpoint_select",
    "SELECT size, root, at_ms, note FROM {p}audit_checkpoint WHERE size = ?"};

inline constexpr Statement verify_entries{
    "verify.audit_entries",
    "SELECT position, body FROM {p}audit_entry WHERE position >= ? ORDER BY position LIMIT ?"};
inline constexpr Statement verify_unplaced{
    "verify.audit_unplaced", "", sql::Lock::none,
    "SELECT id, body FROM {p}audit_entry WHERE position IS NULL ORDER BY id LIMIT 1",
    "SELECT id, body FROM {p}audit_entry FORCE INDEX ({p}audit_entry_position)"
    " WHERE position IS NULL LIMIT 1"};

inline constexpr Statement verify_checkpoints{
    "verify.audit_checkpoints",
    "SELECT size, root, at_ms, note FROM {p}audit_checkpoint WHERE size >= ? ORDER BY size"
    " LIMIT ?"};

inline constexpr Statement verify_tiles{"verify.audit_tiles", "SELECT COUNT(*) FROM {p}audit_tile"};

}  // namespace kameng::audit
