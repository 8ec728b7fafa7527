// verification_sql.hpp - the statements of codes that were sent.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Statement insert_verification{
    "verification.insert",
    "INSERT INTO {p}verification (id, purpose, contact_blind, network_blind, code_hash,"
    " created_at_ms, minute, expires_at_ms) VALUES (?,?,?,?,?,?,?,?)"};
inline constexpr sql::Statement find_verification{
    "verification.find",
    "SELECT purpose, contact_blind, code_hash, tries, expires_at_ms, used_at_ms"
    " FROM {p}verification WHERE id = ?",
    sql::Lock::rows};
inline constexpr sql::Statement count_verifications_of_contact{
    "verification.of_contact",
    "SELECT count(*), COALESCE(max(created_at_ms), 0) FROM {p}verification"
    " WHERE contact_blind = ? AND created_at_ms > ?"};
inline constexpr sql::Statement count_verifications_of_network{
    "verification.of_network",
    "SELECT count(*) FROM {p}verification WHERE network_blind = ? AND created_at_ms > ?"};
inline constexpr sql::Statement count_try{
    "verification.count_try",
    "UPDATE {p}verification SET tries = tries + 1 WHERE id = ? AND tries = ?"};
inline constexpr sql::Statement use_verification{
    "verification.use",
    "UPDATE {p}verification SET used_at_ms = ? WHERE id = ? AND used_at_ms IS NULL AND tries = ?"};
inline constexpr sql::Statement prune_verifications{
    "verification.prune",
    "DELETE FROM {p}verification WHERE id IN (SELECT id FROM {p}verification"
    " WHERE created_at_ms < ? ORDER BY created_at_ms LIMIT ?)",
    sql::Lock::none, "",
    "DELETE FROM {p}verification WHERE created_at_ms < ? ORDER BY created_at_ms LIMIT ?"};
inline constexpr sql::Statement list_verifications_of_contact{
    "verification.list_of_contact", "SELECT id FROM {p}verification WHERE contact_blind = ?"};
inline constexpr sql::Statement delete_verifications_of_contact{
    "verification.delete_of_contact", "DELETE FROM {p}verification WHERE contact_blind = ?"};

}  // namespace kameng::account
