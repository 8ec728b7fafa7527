// centre_sql.hpp - the statements of profiles, contacts, security events and tiers.
#pragma once

#include "sql/statement.hpp"

namespace kameng::account {

// Whoever changes what a person says of themselves, one at a time.
inline constexpr sql::Statement lock_contacts{
    "account.lock_contacts",
    "SELECT person_key, email_blind, phone_blind, email_verified_at_ms, phone_verified_at_ms,"
    " closed_at_ms FROM {p}account WHERE id = ?",
    sql::Lock::rows};
inline constexpr sql::Statement set_email{
    "account.set_email",
    "UPDATE {p}account SET email = ?, email_blind = ?, email_verified_at_ms = ? WHERE id = ?"};
inline constexpr sql::Statement set_phone{
    "account.set_phone",
    "UPDATE {p}account SET phone = ?, phone_blind = ?, phone_verified_at_ms = ? WHERE id = ?"};

inline constexpr sql::Statement lock_profile{
    "account.lock_profile",
    "SELECT person_key, closed_at_ms, display_name, locale, messages FROM {p}account WHERE id = ?",
    sql::Lock::rows};
inline constexpr sql::Statement set_profile{
    "account.set_profile",
    "UPDATE {p}account SET display_name = ?, locale = ?, messages = ? WHERE id = ?"};

inline constexpr sql::Statement insert_event{
    "account_event.insert",
    "INSERT INTO {p}account_event (account_id, kind, session_id, at_ms) VALUES (?,?,?,?)"};
inline constexpr sql::Statement list_events{
    "account_event.list",
    "SELECT id, kind, session_id, at_ms FROM {p}account_event WHERE account_id = ? AND id < ?"
    " ORDER BY id DESC LIMIT ?"};

inline constexpr sql::Statement delete_events{"account_event.delete",
                                              "DELETE FROM {p}account_event WHERE account_id = ?"};

inline constexpr sql::Statement lock_tier{
    "account.lock_tier", "SELECT tier, tier_until_ms, closed_at_ms FROM {p}account WHERE id = ?",
    sql::Lock::rows};
inline constexpr sql::Statement set_tier{
    "account.set_tier", "UPDATE {p}account SET tier = ?, tier_until_ms = ? WHERE id = ?"};
inline constexpr sql::Statement insert_tier_change{
    "tier_change.insert",
    "INSERT INTO {p}tier_change (account_id, tier, until_ms, cause, at_ms) VALUES (?,?,?,?,?)"};
inline constexpr sql::Statement list_tier_changes{
    "tier_change.list",
    "SELECT tier, until_ms, cause, at_ms FROM {p}tier_change WHERE account_id = ?"
    " ORDER BY id DESC LIMIT ?"};

inline constexpr sql::Statement add_deed{
    "deed.add",
    "INSERT INTO {p}deed (account_id, day, spend, topup) VALUES (?,?,?,?)"
    " ON CONFLICT (account_id, day) DO UPDATE SET spend = {p}deed.spend + excluded.spend,"
    " topup = {p}deed.topup + excluded.topup",
    sql::Lock::none, "",
    "INSERT INTO {p}deed (account_id, day, spend, topup) VALUES (?,?,?,?)"
    " ON DUPLICATE KEY UPDATE spend = spend + VALUES(spend),"
    " topup = topup + VALUES(topup)"};
inline constexpr sql::Statement list_deeds{
    "deed.list", "SELECT day, spend, topup FROM {p}deed WHERE account_id = ? AND day > ?"};
inline constexpr sql::Statement delete_deeds{"deed.delete",
                                             "DELETE FROM {p}deed WHERE account_id = ?"};

}  // namespace kameng::account
