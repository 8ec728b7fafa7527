// audit_sql.hpp - every statement of the audit log. Those named verify.* read whole tables and
// belong to system.verify.
#pragma once

#include "sql/statement.hpp"

namespace kameng::audit {

using sql::Statement;

// No position: SQLite gives the greatest one plus one, and rows are never deleted. The transaction
// is the only writer, so the positions of a group's entries are contiguous and in the order of
// commits; the writer is the sequencer, and no second statement places them. On servers entries go
// in without a position and a sequencer job gives them theirs.
inline constexpr Statement entry_insert{
    "audit.entry_insert", "INSERT INTO {p}audit_entry (published, body) VALUES (?, ?)"};

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
    "ON CONFLICT (level, tile_index) DO UPDATE SET hashes = excluded.hashes"};

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
    "verify.audit_entries", "SELECT position, body FROM {p}audit_entry ORDER BY position"};

inline constexpr Statement verify_checkpoints{
    "verify.audit_checkpoints",
    "SELECT size, root, at_ms, note FROM {p}audit_checkpoint ORDER BY size"};

inline constexpr Statement verify_tiles{"verify.audit_tiles", "SELECT COUNT(*) FROM {p}audit_tile"};

}  // namespace kameng::audit
