// api_key_sql.hpp - the statements of keys of programs.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Statement insert_api_key{
    "api_key.insert",
    "INSERT INTO {p}api_key (id, account_id, name, alg, material, created_at_ms)"
    " VALUES (?,?,?,?,?,?)"};
inline constexpr sql::Statement find_api_key{
    "api_key.find",
    "SELECT k.account_id, k.alg, k.material, k.old_material, k.old_until_ms, a.status,"
    " a.closed_at_ms FROM {p}api_key k JOIN {p}account a ON a.id = k.account_id WHERE k.id = ?"};
inline constexpr sql::Statement list_api_keys{
    "api_key.list",
    "SELECT id, name, alg, created_at_ms, old_until_ms FROM {p}api_key WHERE account_id = ?"
    " ORDER BY id LIMIT ?"};
inline constexpr sql::Statement rotate_api_key{
    "api_key.rotate",
    "UPDATE {p}api_key SET old_material = ?, old_until_ms = ?, material = ?"
    " WHERE id = ? AND material = ?"};
inline constexpr sql::Statement delete_api_key{"api_key.delete",
                                               "DELETE FROM {p}api_key WHERE id = ?"};
inline constexpr sql::Statement delete_api_keys_of{"api_key.delete_of",
                                                   "DELETE FROM {p}api_key WHERE account_id = ?"};

inline constexpr sql::Statement insert_nonce{
    "signature_nonce.insert",
    "INSERT INTO {p}signature_nonce (nonce_hash, until_ms) VALUES (?, ?)"
    " ON CONFLICT (nonce_hash) DO NOTHING",
    sql::Lock::none, "",
    "INSERT IGNORE INTO {p}signature_nonce (nonce_hash, until_ms) VALUES (?, ?)"};
inline constexpr sql::Statement prune_nonces{
    "signature_nonce.prune",
    "DELETE FROM {p}signature_nonce WHERE nonce_hash IN (SELECT nonce_hash FROM"
    " {p}signature_nonce WHERE until_ms < ? ORDER BY until_ms LIMIT ?)",
    sql::Lock::none, "",
    "DELETE FROM {p}signature_nonce WHERE until_ms < ? ORDER BY until_ms LIMIT ?"};

}  // namespace kameng::account
