// privacy_sql.hpp - the statements of consents and of erasing a person.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

inline constexpr sql::Statement insert_consent{
    "consent.insert",
    "INSERT INTO {p}consent (account_id, text, version, granted, at_ms) VALUES (?,?,?,?,?)"};
inline constexpr sql::Statement list_consents{
    "consent.list",
    "SELECT text, version, granted, at_ms FROM {p}consent WHERE account_id = ? ORDER BY id DESC"
    " LIMIT ?"};

inline constexpr sql::Statement find_erasure{"erasure.find",
                                             "SELECT at_ms FROM {p}erasure WHERE account_id = ?"};
inline constexpr sql::Statement insert_erasure{
    "erasure.insert", "INSERT INTO {p}erasure (account_id, at_ms) VALUES (?, ?)"};
inline constexpr sql::Statement list_erasures{
    "erasure.list",
    "SELECT account_id, at_ms FROM {p}erasure WHERE account_id > ?"
    " ORDER BY account_id LIMIT ?"};

// The person's key is destroyed: what it sealed cannot be read in any copy that is made from now
// on. What is sealed, and what finds it, goes too.
inline constexpr sql::Statement erase_account_row{
    "account.erase",
    "UPDATE {p}account SET status = 'frozen', closed_at_ms = COALESCE(closed_at_ms, ?),"
    " password_hash = '', person_key = ?, email = NULL, email_blind = NULL, phone = NULL,"
    " phone_blind = NULL, display_name = NULL, roles = 0, supplier_id = NULL,"
    " locale = NULL, tier = NULL, tier_until_ms = NULL WHERE id = ?"};
// Waits for who is signing in, whose session is there afterwards and goes with the others.
inline constexpr sql::Statement find_contact_blinds{
    "account.find_contact_blinds", "SELECT email_blind, phone_blind FROM {p}account WHERE id = ?",
    sql::Lock::rows};
inline constexpr sql::Statement delete_sessions{"session.delete_all",
                                                "DELETE FROM {p}session WHERE account_id = ?"};

// Retention, for system.run_due.
inline constexpr sql::Statement prune_sessions_rows{
    "session.prune",
    "DELETE FROM {p}session WHERE id IN (SELECT id FROM {p}session WHERE expires_at_ms < ?"
    " ORDER BY expires_at_ms LIMIT ?)",
    sql::Lock::none, "",
    "DELETE FROM {p}session WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT ?"};
inline constexpr sql::Statement prune_events_rows{
    "account_event.prune",
    "DELETE FROM {p}account_event WHERE id IN (SELECT id FROM {p}account_event WHERE at_ms < ?"
    " ORDER BY at_ms LIMIT ?)",
    sql::Lock::none, "", "DELETE FROM {p}account_event WHERE at_ms < ? ORDER BY at_ms LIMIT ?"};

inline constexpr sql::Statement close_account{
    "account.close",
    "UPDATE {p}account SET closed_at_ms = ? WHERE id = ? AND closed_at_ms IS NULL"};
inline constexpr sql::Statement find_closing{
    "account.find_closing", "SELECT person_key, closed_at_ms, roles FROM {p}account WHERE id = ?",
    sql::Lock::rows};

}  // namespace kameng::account
