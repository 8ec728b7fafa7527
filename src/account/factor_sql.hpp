// factor_sql.hpp - the statements of second factors and of sessions as their owner sees them.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Statement find_factor{
    "factor.find",
    "SELECT secret, last_step, recovery_nonce, tries, tries_from_ms, confirmed_at_ms"
    " FROM {p}factor WHERE account_id = ?",
    sql::Lock::rows};
inline constexpr sql::Statement delete_factor{"factor.delete",
                                              "DELETE FROM {p}factor WHERE account_id = ?"};
inline constexpr sql::Statement insert_factor{
    "factor.insert",
    "INSERT INTO {p}factor (account_id, secret, last_step, created_at_ms) VALUES (?,?,0,?)"};
inline constexpr sql::Statement confirm_factor{
    "factor.confirm",
    "UPDATE {p}factor SET recovery_nonce = ?, confirmed_at_ms = ?"
    " WHERE account_id = ? AND confirmed_at_ms IS NULL"};
inline constexpr sql::Statement set_recovery_nonce{
    "factor.set_recovery_nonce", "UPDATE {p}factor SET recovery_nonce = ? WHERE account_id = ?"};
// A step counts once: of two that bring it at once the second finds it gone.
inline constexpr sql::Statement accept_step{
    "factor.accept_step",
    "UPDATE {p}factor SET last_step = ?, tries = 0 WHERE account_id = ? AND last_step < ?"};
inline constexpr sql::Statement count_factor_try{
    "factor.count_try",
    "UPDATE {p}factor SET tries = ?, tries_from_ms = ? WHERE account_id = ? AND tries = ?"};

inline constexpr sql::Statement insert_recovery{
    "recovery.insert",
    "INSERT INTO {p}recovery_code (account_id, number, code_hash) VALUES (?,?,?)"};
inline constexpr sql::Statement delete_recovery{
    "recovery.delete", "DELETE FROM {p}recovery_code WHERE account_id = ?"};
inline constexpr sql::Statement list_recovery{
    "recovery.list",
    "SELECT number, code_hash FROM {p}recovery_code WHERE account_id = ? AND used_at_ms IS NULL"};
inline constexpr sql::Statement use_recovery{
    "recovery.use",
    "UPDATE {p}recovery_code SET used_at_ms = ? WHERE account_id = ? AND number = ?"
    " AND used_at_ms IS NULL"};

inline constexpr sql::Statement find_person_key{
    "account.find_person_key", "SELECT person_key, password_hash FROM {p}account WHERE id = ?"};
inline constexpr sql::Statement find_proof_tries{
    "account.find_proof_tries",
    "SELECT proof_tries, proof_tries_from_ms FROM {p}account WHERE id = ?", sql::Lock::rows};
inline constexpr sql::Statement set_proof_tries{
    "account.set_proof_tries",
    "UPDATE {p}account SET proof_tries = ?, proof_tries_from_ms = ? WHERE id = ?"
    " AND proof_tries = ?"};
inline constexpr sql::Statement list_open_sessions{
    "session.list",
    "SELECT id, created_at_ms, last_seen_ms, expires_at_ms, device, user_agent, ip"
    " FROM {p}session WHERE account_id = ? AND expires_at_ms > ? AND revoked = 0 LIMIT ?"};
inline constexpr sql::Statement revoke_sessions_of{
    "session.revoke_all",
    "UPDATE {p}session SET revoked = 1 WHERE account_id = ? AND revoked = 0 AND id <> ?"};
inline constexpr sql::Statement prove_session{
    "session.prove",
    "UPDATE {p}session SET proved_at_ms = ?, factor_at_ms = COALESCE(?, factor_at_ms)"
    " WHERE id = ? AND revoked = 0"};
inline constexpr sql::Statement forget_password_proofs{
    "session.forget_password_proofs",
    "UPDATE {p}session SET proved_at_ms = NULL WHERE account_id = ? AND factor_at_ms IS NULL"};
inline constexpr sql::Statement forget_factor_proofs{
    "session.forget_factor_proofs",
    "UPDATE {p}session SET factor_at_ms = NULL WHERE account_id = ? AND factor_at_ms IS NOT NULL"};

}  // namespace kameng::account
