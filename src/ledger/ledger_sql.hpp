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

// The entries of one journal in one statement. They find their journal by its business key (?1 to
// ?3), so no row needs an id that the database has just made; ?4 is the currency. Plain VALUES:
// joining rows to the journal would make SQLite build a table for them first. PostgreSQL writes the
// rows that wait for the fold in the same statement; on MariaDB, where a statement is a round trip,
// a trigger does.
#define KAMENG_ENTRY_ROW(a, b, c, d)                                                       \
  "((SELECT id FROM {p}journal WHERE ref = ?1 AND kind = ?2 AND step = ?3), ?" #a ", ?" #b \
  ", ?4, ?" #c ", ?" #d ")"
#define KAMENG_ENTRY_INSERT \
  "INSERT INTO {p}entry (journal_id, account, owner, currency, debit, credit) VALUES "
#define KAMENG_ROW_1 KAMENG_ENTRY_ROW(5, 6, 7, 8)
#define KAMENG_ROWS_2 KAMENG_ROW_1 ", " KAMENG_ENTRY_ROW(9, 10, 11, 12)
#define KAMENG_ROWS_3 KAMENG_ROWS_2 ", " KAMENG_ENTRY_ROW(13, 14, 15, 16)
#define KAMENG_ROWS_4 KAMENG_ROWS_3 ", " KAMENG_ENTRY_ROW(17, 18, 19, 20)
#define KAMENG_ROWS_5 KAMENG_ROWS_4 ", " KAMENG_ENTRY_ROW(21, 22, 23, 24)
#define KAMENG_ROWS_6 KAMENG_ROWS_5 ", " KAMENG_ENTRY_ROW(25, 26, 27, 28)

#define KAMENG_ENTRY_STATEMENT(name, rows)                                                  \
  {                                                                                         \
    name, KAMENG_ENTRY_INSERT rows, sql::Lock::none,                                        \
        "WITH fresh AS (" KAMENG_ENTRY_INSERT rows                                          \
        " RETURNING account, owner, currency, debit, credit)"                               \
        " INSERT INTO {p}ledger_delta (account, owner, currency, debit, credit)"            \
        " SELECT account, CASE WHEN account < 100 THEN owner ELSE '' END, currency, debit," \
        " credit FROM fresh"                                                                \
  }
inline constexpr Statement entry_insert[] = {
    KAMENG_ENTRY_STATEMENT("ledger.entry_insert_1", KAMENG_ROW_1),
    KAMENG_ENTRY_STATEMENT("ledger.entry_insert_2", KAMENG_ROWS_2),
    KAMENG_ENTRY_STATEMENT("ledger.entry_insert_3", KAMENG_ROWS_3),
    KAMENG_ENTRY_STATEMENT("ledger.entry_insert_4", KAMENG_ROWS_4),
    KAMENG_ENTRY_STATEMENT("ledger.entry_insert_5", KAMENG_ROWS_5),
    KAMENG_ENTRY_STATEMENT("ledger.entry_insert_6", KAMENG_ROWS_6),
};
#undef KAMENG_ENTRY_STATEMENT
#undef KAMENG_ROWS_6
#undef KAMENG_ROWS_5
#undef KAMENG_ROWS_4
#undef KAMENG_ROWS_3
#undef KAMENG_ROWS_2
#undef KAMENG_ROW_1
#undef KAMENG_ENTRY_ROW
#undef KAMENG_ENTRY_INSERT

inline constexpr Statement balance_credit{
    "ledger.balance_credit",
    "INSERT INTO {p}ledger_balance (owner, account, currency, balance) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (owner, account, currency) DO UPDATE SET "
    "balance = {p}ledger_balance.balance + excluded.balance",
    sql::Lock::none, "",
    "INSERT INTO {p}ledger_balance (owner, account, currency, balance) VALUES (?, ?, ?, ?) "
    "ON DUPLICATE KEY UPDATE balance = balance + VALUES(balance)"};

// Not the upsert: its CHECK would look at the negative amount itself before it looks for the row.
inline constexpr Statement balance_debit{"ledger.balance_debit",
                                         "UPDATE {p}ledger_balance SET balance = balance - ? "
                                         "WHERE owner = ? AND account = ? AND currency = ?"};

inline constexpr Statement balance_select{
    "ledger.balance_select",
    "SELECT balance FROM {p}ledger_balance WHERE owner = ? AND account = ? AND currency = ?",
    sql::Lock::rows};

inline constexpr Statement balances_of_owner{
    "ledger.balances_of_owner", "SELECT currency, balance FROM {p}ledger_balance WHERE owner = ?"};

// Customers' wallets and bonuses are accounts 100 and 101; the range is what lets the planner use
// the partial index. MariaDB has none, and walks the index of owners and accounts for each.
#define KAMENG_WALLET_ENTRIES(from, accounts)                        \
  "SELECT id, account, debit, credit, journal_id FROM {p}entry" from \
  " WHERE owner = ?1 AND " accounts " AND currency = ?2 AND id < ?3 ORDER BY id DESC LIMIT ?4"
#define KAMENG_WALLET_OF(account) \
  "(" KAMENG_WALLET_ENTRIES(" FORCE INDEX ({p}entry_owner)", "account = " account) ")"
#define KAMENG_WALLET_STATEMENT(entries)                                             \
  "SELECT e.id, e.account, e.debit, e.credit, j.kind, j.ref, j.at_ms FROM (" entries \
  ") AS e JOIN {p}journal AS j ON j.id = e.journal_id"
inline constexpr Statement wallet_entries{
    .name = "ledger.wallet_entries",
    .text = KAMENG_WALLET_STATEMENT(KAMENG_WALLET_ENTRIES("", "account >= 100 AND account < 102")),
    .mariadb =
        KAMENG_WALLET_STATEMENT(KAMENG_WALLET_OF("100") " UNION ALL " KAMENG_WALLET_OF("101"))};
#undef KAMENG_WALLET_STATEMENT
#undef KAMENG_WALLET_OF
#undef KAMENG_WALLET_ENTRIES

// Servers: a row that can be locked, before the first money comes.
#define KAMENG_OPEN_BALANCE \
  "INSERT INTO {p}ledger_balance (owner, account, currency, balance) VALUES (?, ?, ?, 0) "
inline constexpr Statement balance_open{
    "ledger.balance_open", "", sql::Lock::none,
    KAMENG_OPEN_BALANCE "ON CONFLICT (owner, account, currency) DO NOTHING",
    KAMENG_OPEN_BALANCE "ON DUPLICATE KEY UPDATE balance = {p}ledger_balance.balance"};
#undef KAMENG_OPEN_BALANCE

// `account >= 100` is what lets the planner use the partial index.
inline constexpr Statement entry_sum{
    "ledger.entry_sum",
    "SELECT COALESCE(SUM(credit - debit), 0) FROM {p}entry "
    "WHERE owner = ? AND account = ? AND account >= 100 AND currency = ?"};

#define KAMENG_SHARED_SUM                                          \
  "SELECT COALESCE(SUM(credit - debit), 0) FROM ("                 \
  "SELECT debit, credit FROM {p}ledger_total "                     \
  "WHERE account = ?1 AND owner = ?2 AND currency = ?3 UNION ALL " \
  "SELECT debit, credit FROM "
#define KAMENG_SHARED_SUM_UNFOLDED \
  KAMENG_SHARED_SUM "{p}ledger_delta WHERE account = ?1 AND owner = ?2 AND currency = ?3) AS s"
inline constexpr Statement shared_sum{
    "ledger.shared_sum",
    KAMENG_SHARED_SUM
    "{p}entry WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1) "
    "AND account = ?1 AND owner = ?2 AND currency = ?3)",
    sql::Lock::none, KAMENG_SHARED_SUM_UNFOLDED, KAMENG_SHARED_SUM_UNFOLDED};
#undef KAMENG_SHARED_SUM_UNFOLDED
#undef KAMENG_SHARED_SUM

#define KAMENG_TOTALS(unfolded)                                      \
  "SELECT currency, account, SUM(debit), SUM(credit) FROM ("         \
  "SELECT account, currency, debit, credit FROM {p}ledger_total "    \
  "UNION ALL SELECT account, currency, debit, credit FROM " unfolded \
  ") AS s "                                                          \
  "GROUP BY currency, account ORDER BY currency, account"
inline constexpr Statement totals_select{
    "ledger.totals_select",
    KAMENG_TOTALS("{p}entry WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1)"),
    sql::Lock::none, KAMENG_TOTALS("{p}ledger_delta"), KAMENG_TOTALS("{p}ledger_delta")};
#undef KAMENG_TOTALS

// Owners of accounts from 100 on are as many as orders; their snapshot is per account only.
#define KAMENG_FOLD_INTO "INSERT INTO {p}ledger_total (account, owner, currency, debit, credit) "
#define KAMENG_FOLD_SUMS "SELECT d.account, d.owner, d.currency, SUM(d.debit), SUM(d.credit) FROM "
#define KAMENG_FOLD_GROUPS " GROUP BY d.account, d.owner, d.currency "
#define KAMENG_FOLD_CONFLICT                              \
  "ON CONFLICT (account, owner, currency) DO UPDATE SET " \
  "debit = {p}ledger_total.debit + excluded.debit, "      \
  "credit = {p}ledger_total.credit + excluded.credit"
#define KAMENG_FOLD_LOCK "SELECT id FROM {p}ledger_fold WHERE id = 1"
#define KAMENG_FOLD_PICK "SELECT id FROM {p}ledger_delta ORDER BY id LIMIT ?"
inline constexpr sql::Fold ledger_fold{
    {"ledger.fold_lock", "", sql::Lock::rows, KAMENG_FOLD_LOCK, KAMENG_FOLD_LOCK},
    {"ledger.fold_pick",
     "SELECT id FROM {p}entry WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1) "
     "ORDER BY id LIMIT ?",
     sql::Lock::none, KAMENG_FOLD_PICK, KAMENG_FOLD_PICK},
    {"ledger.fold_add",
     KAMENG_FOLD_INTO
     "SELECT account, CASE WHEN account < 100 THEN owner ELSE '' END AS folded_owner, currency, "
     "SUM(debit), SUM(credit) FROM {p}entry "
     "WHERE id > (SELECT folded FROM {p}ledger_mark WHERE id = 1) AND id <= ? "
     "GROUP BY account, folded_owner, currency " KAMENG_FOLD_CONFLICT,
     sql::Lock::none,
     KAMENG_FOLD_INTO KAMENG_FOLD_SUMS
     "{p}ledger_delta d WHERE d.id = ANY " KAMENG_IDS_POSTGRES KAMENG_FOLD_GROUPS
         KAMENG_FOLD_CONFLICT,
     KAMENG_FOLD_INTO KAMENG_FOLD_SUMS KAMENG_IDS_MARIADB
     " STRAIGHT_JOIN {p}ledger_delta d ON d.id = listed.id" KAMENG_FOLD_GROUPS
     "ON DUPLICATE KEY UPDATE debit = {p}ledger_total.debit + VALUES(debit), "
     "credit = {p}ledger_total.credit + VALUES(credit)"},
    {"ledger.fold_settle", "UPDATE {p}ledger_mark SET folded = ? WHERE id = 1", sql::Lock::none,
     "DELETE FROM {p}ledger_delta WHERE id = ANY " KAMENG_IDS_POSTGRES,
     "DELETE d FROM " KAMENG_IDS_MARIADB " STRAIGHT_JOIN {p}ledger_delta d ON d.id = listed.id"},
};
#undef KAMENG_FOLD_PICK
#undef KAMENG_FOLD_LOCK
#undef KAMENG_FOLD_CONFLICT
#undef KAMENG_FOLD_GROUPS
#undef KAMENG_FOLD_SUMS
#undef KAMENG_FOLD_INTO

// Up to which id the entries are folded. On servers all are taken for folded, and what waits in
// ledger_delta is told apart by verify_unfolded.
#define KAMENG_NO_MARK "SELECT 9223372036854775807"
inline constexpr Statement mark_select{"ledger.mark_select",
                                       "SELECT folded FROM {p}ledger_mark WHERE id = 1",
                                       sql::Lock::none, KAMENG_NO_MARK, KAMENG_NO_MARK};
#undef KAMENG_NO_MARK
inline constexpr Statement verify_unfolded{
    "verify.ledger_unfolded",
    "SELECT account, owner, currency, debit, credit FROM {p}ledger_delta"};

// By journal. On SQLite that is the order of the ids: a journal's entries are written together. On
// servers others' come between.
#define KAMENG_VERIFY_ENTRIES                                                            \
  "SELECT e.id, e.journal_id, j.currency = e.currency, e.currency, e.account, e.owner, " \
  "e.debit, e.credit FROM {p}entry AS e LEFT JOIN {p}journal AS j ON j.id = e.journal_id "
inline constexpr Statement verify_entries{"verify.ledger_entries",
                                          KAMENG_VERIFY_ENTRIES "ORDER BY e.id",
                                          sql::Lock::none,
                                          KAMENG_VERIFY_ENTRIES "ORDER BY e.journal_id, e.id",
                                          KAMENG_VERIFY_ENTRIES "ORDER BY e.journal_id, e.id",
                                          true};
#undef KAMENG_VERIFY_ENTRIES

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
