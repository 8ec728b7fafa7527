// identity_sql.hpp - the statements of identities and of the sign-ins with them.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Statement find_identity{
    "identity.find", "SELECT id, account_id, union_blind FROM {p}identity WHERE subject_blind = ?"};
inline constexpr sql::Statement find_identity_by_union{
    "identity.find_by_union", "SELECT account_id FROM {p}identity WHERE union_blind = ? LIMIT 1"};
inline constexpr sql::Statement insert_identity{
    "identity.insert",
    "INSERT INTO {p}identity (id, account_id, provider, app, subject, subject_blind, union_blind,"
    " linked_at_ms) VALUES (?,?,?,?,?,?,?,?)"};
inline constexpr sql::Statement set_identity_union{
    "identity.set_union", "UPDATE {p}identity SET union_blind = ? WHERE id = ?"};
inline constexpr sql::Statement list_identities{
    "identity.list",
    "SELECT id, provider, app, subject, linked_at_ms FROM {p}identity WHERE account_id = ?"
    " ORDER BY id LIMIT ?"};
inline constexpr sql::Statement delete_identity{
    "identity.delete", "DELETE FROM {p}identity WHERE id = ? AND account_id = ?"};
inline constexpr sql::Statement delete_identities_of{
    "identity.delete_of", "DELETE FROM {p}identity WHERE account_id = ?"};

inline constexpr sql::Statement insert_flow{
    "identity_flow.insert",
    "INSERT INTO {p}identity_flow (id, provider, account_id, state_hash, binding_hash, step,"
    " expires_at_ms) VALUES (?,?,?,?,?,?,?)"};
inline constexpr sql::Statement find_flow_by_state{
    "identity_flow.find_by_state",
    "SELECT id, provider, account_id, step, held, expires_at_ms, binding_hash"
    " FROM {p}identity_flow WHERE state_hash = ?",
    sql::Lock::rows};
inline constexpr sql::Statement find_flow{
    "identity_flow.find",
    "SELECT id, provider, account_id, step, held, expires_at_ms FROM {p}identity_flow WHERE id = ?",
    sql::Lock::rows};
inline constexpr sql::Statement advance_flow{
    "identity_flow.advance",
    "UPDATE {p}identity_flow SET step = ?, held = ? WHERE id = ? AND step = ?"};
inline constexpr sql::Statement prune_flows_rows{
    "identity_flow.prune",
    "DELETE FROM {p}identity_flow WHERE id IN (SELECT id FROM {p}identity_flow"
    " WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT ?)",
    sql::Lock::none, "",
    "DELETE FROM {p}identity_flow WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT ?"};

}  // namespace kameng::account
