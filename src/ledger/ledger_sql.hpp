// ledger_sql.hpp - every statement of the ledger. Those named verify.* read whole tables and belong
// to system.verify.
#pragma once

#include "sql/fold.hpp"
#include "sql/statement.hpp"

namespace kameng::ledger {

using sql::Statement;

inline constexpr Statement journal_insert{
    "ledger.journal_insert",
    "INSERT INTO {p}journal (ref, kind, step, currency, at_ms) VALUES (?, ?, ?, ?, ?)"};

inline constexpr Statement journal_find{
    "ledger.journal_find", "SELECT 1 FROM {p}journal WHERE ref = ? AND kind = ? AND step = ?"};

// The entries of one journal in one statement. They find their journal by its business key, so no
// row needs an id that the database has just made.
#define KAMENG_ENTRY_INSERT(rows)                                               \
  "INSERT INTO {p}entry (journal_id, account, owner, currency, debit, credit) " \
  "SELECT j.id, e.column1, e.column2, j.currency, e.column3, e.column4 "        \
  "FROM {p}journal AS j, (VALUES " rows ") AS e WHERE j.ref = ? AND j.kind = ? AND j.step = ?"

inline constexpr Statement entry_insert[] = {
    {"ledger.entry_insert_1", KAMENG_ENTRY_INSERT("(?, ?, ?, ?)")},
    {"ledger.entry_insert_2", KAMENG_ENTRY_INSERT("(?, ?, ?, ?), (?, ?, ?, ?)")},
    {"ledger.entry_insert_3", KAMENG_ENTRY_INSERT("(?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)")},
    {"ledger.entry_insert_4",
     KAMENG_ENTRY_INSERT("(?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)")},
    {"ledger.entry_insert_5",
     KAMENG_ENTRY_INSERT("(?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?)")},
    {"ledger.entry_insert_6",
     KAMENG_ENTRY_INSERT("(?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), (?, ?, ?, ?), "
                         "(?, ?, ?, ?)")},
};
#undef KAMENG_ENTRY_INSERT

inline constexpr Statement balance_credit{
    "ledger.balance_credit",
    "INSERT INTO {p}ledger_balance (owner, account, currency, balance) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (owner, account, currency) DO UPDATE SET balance = balance + excluded.balance"};

// Not the upsert: its CHECK would look at the negative amount itself before it looks for the row.
inline constexpr Statement balance_debit{"ledger.balance_debit",
                                         "UPDATE {p}ledger_balance SET balance = balance - ? "
                                         "WHERE owner = ? AND account = ? AND currency = ?"};

inline constexpr Statement balance_select{
    "ledger.balance_select",
    "SELECT balance FROM {p}ledger_balance WHERE owner = ? AND account = ? AND currency = ?"};

// `account >= 100` is what lets the planner use the partial index.
inline constexpr Statement entry_sum{
    "ledger.entry_sum",
    "SELECT COALESCE(SUM(credit - debit), 0) FROM {p}entry "
    "WHERE owner = ? AND account = ? AND account >= 100 AND currency = ?"};

inline constexpr Statement shared_sum{
    "ledger.shared_sum",
    "SELECT COALESCE(SUM(credit - debit), 0) FROM ("
    "SELECT debit, credit FROM {p}ledger_total WHERE account = ?1 AND owner = ?2 AND currency = ?3 "
    "UNION ALL SELECT debit, credit FROM {p}entry "
    "WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1) "
    "AND account = ?1 AND owner = ?2 AND currency = ?3)"};

inline constexpr Statement totals_select{
    "ledger.totals_select",
    "SELECT currency, account, SUM(debit), SUM(credit) FROM ("
    "SELECT account, currency, debit, credit FROM {p}ledger_total "
    "UNION ALL SELECT account, currency, debit, credit FROM {p}entry "
    "WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1)) "
    "GROUP BY currency, account ORDER BY currency, account"};

// Owners of accounts from 100 on are as many as orders; their snapshot is per account only.
inline constexpr sql::Fold ledger_fold{
    {"ledger.fold_pick",
     "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM (SELECT id FROM {p}entry "
     "WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1) ORDER BY id LIMIT ?)"},
    {"ledger.fold_add",
     "INSERT INTO {p}ledger_total (account, owner, currency, debit, credit) "
     "SELECT account, CASE WHEN account < 100 THEN owner ELSE '' END AS folded_owner, currency, "
     "SUM(debit), SUM(credit) FROM {p}entry "
     "WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1) AND id <= ? "
     "GROUP BY account, folded_owner, currency "
     "ON CONFLICT (account, owner, currency) DO UPDATE SET "
     "debit = debit + excluded.debit, credit = credit + excluded.credit"},
    {"ledger.fold_settle", "UPDATE {p}ledger_mark SET folded = ? WHERE id = 1"},
};

inline constexpr Statement mark_select{"ledger.mark_select",
                                       "SELECT folded FROM {p}ledger_mark WHERE id = 1"};

inline constexpr Statement verify_entries{
    "verify.ledger_entries",
    "SELECT e.id, e.journal_id, j.currency IS e.currency, e.currency, e.account, e.owner, e.debit, "
    "e.credit FROM {p}entry AS e LEFT JOIN {p}journal AS j ON j.id = e.journal_id ORDER BY e.id"};

inline constexpr Statement verify_journals{"verify.ledger_journals",
                                           "SELECT COUNT(*) FROM {p}journal"};

inline constexpr Statement verify_totals{
    "verify.ledger_totals",
    "SELECT account, owner, currency, debit, credit FROM {p}ledger_total "
    "ORDER BY account, owner, currency"};

inline constexpr Statement verify_balances{
    "verify.ledger_balances",
    "SELECT COUNT(*) FROM {p}ledger_balance AS b WHERE b.balance <> ("
    "SELECT COALESCE(SUM(e.credit - e.debit), 0) FROM {p}entry AS e WHERE e.owner = b.owner "
    "AND e.account = b.account AND e.account >= 100 AND e.currency = b.currency)"};

inline constexpr Statement verify_missing_balances{
    "verify.ledger_missing_balances",
    "SELECT COUNT(*) FROM {p}entry AS e WHERE e.account BETWEEN 100 AND 199 AND NOT EXISTS ("
    "SELECT 1 FROM {p}ledger_balance AS b WHERE b.owner = e.owner AND b.account = e.account "
    "AND b.currency = e.currency)"};

inline constexpr Statement verify_negative_balances{
    "verify.ledger_negative_balances", "SELECT COUNT(*) FROM {p}ledger_balance WHERE balance < 0"};

}  // namespace kameng::ledger
