// journal.cpp - posting: the check, the rows, the guard of constrained balances.
#include "ledger/journal.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <tuple>
#include <utility>

#include "ledger/ledger_sql.hpp"

namespace kameng::ledger {

#define KAMENG_X(name, number, code, side, constrained, shared)                      \
  static_assert(is_constrained(Account::name) == (constrained), "number of " #name); \
  static_assert(is_shared(Account::name) == (shared), "number of " #name);
KAMENG_LEDGER_CHART(KAMENG_X)
#undef KAMENG_X

std::string_view account_code(Account account) noexcept {
  switch (account) {
#define KAMENG_X(name, number, code, side, constrained, shared) \
  case Account::name:                                           \
    return code;
    KAMENG_LEDGER_CHART(KAMENG_X)
#undef KAMENG_X
  }
  return "?";
}

std::optional<Account> account_of(std::int64_t number) noexcept {
  switch (number) {
#define KAMENG_X(name, number, code, side, constrained, shared) \
  case number:                                                  \
    return Account::name;
    KAMENG_LEDGER_CHART(KAMENG_X)
#undef KAMENG_X
    default:
      return std::nullopt;
  }
}

namespace {

Error unbalanced(std::string message) {
  return Error{Status::internal, "ledger.unbalanced", std::move(message)};
}

// What a journal changes in one balance row.
struct Change {
  Account account;
  std::string_view owner;
  std::int64_t amount;  // credits - debits
};

// One change per constrained account and owner, sorted, so that every journal takes its rows in the
// same order.
std::vector<Change> balance_changes(const Journal& journal) {
  std::vector<Change> changes;
  for (const Entry& entry : journal.entries) {
    if (!is_constrained(entry.account)) {
      continue;
    }
    // Both sums of a checked journal fit 64 bits, so every part and difference of them does.
    const std::int64_t amount = entry.credit - entry.debit;
    const auto same = std::find_if(changes.begin(), changes.end(), [&](const Change& change) {
      return change.account == entry.account && change.owner == entry.owner;
    });
    if (same != changes.end()) {
      same->amount += amount;
    } else {
      changes.push_back({entry.account, entry.owner, amount});
    }
  }
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return std::tie(a.owner, a.account) < std::tie(b.owner, b.account);
  });
  return changes;
}

void change_balance(sql::Transaction& tx, const Change& change, std::string_view currency) {
  const std::int64_t account = account_number(change.account);
  if (change.amount > 0) {
    tx.run(balance_credit, change.owner, account, currency, change.amount);
  } else if (change.amount < 0) {
    const std::int64_t rows =
        tx.run_count(balance_debit, -change.amount, change.owner, account, currency);
    if (rows == 0 && !tx.failed()) {
      // No row is a balance of zero, and the CHECK that would have refused was never asked.
      tx.fail({sql::Fault::check, std::string(balance_debit.name), "ledger_balance.balance"});
    }
  }
}

void insert_entries(sql::Transaction& tx, const Journal& journal, std::span<const Entry> entries) {
  while (!entries.empty()) {
    const std::size_t count = std::min(entries.size(), std::size(entry_insert));
    std::vector<sql::Value> values{std::string_view(journal.ref), journal.kind,
                                   std::int64_t{journal.step}, journal.currency.code()};
    for (const Entry& entry : entries.first(count)) {
      values.insert(values.end(), {account_number(entry.account), std::string_view(entry.owner),
                                   entry.debit, entry.credit});
    }
    tx.run_values(static_cast<std::int64_t>(count), entry_insert[count - 1], values);
    entries = entries.subspan(count);
  }
}

std::int64_t first_number(sql::Rows rows) {
  return rows.next() ? rows.int64(0) : 0;
}

}  // namespace

Result<void> check(const Journal& journal) {
  if (journal.entries.size() < 2) {
    return unbalanced("a journal has two entries at least");
  }
  std::int64_t debits = 0;
  std::int64_t credits = 0;
  for (const Entry& entry : journal.entries) {
    if (entry.debit < 0 || entry.credit < 0 || (entry.debit == 0) == (entry.credit == 0)) {
      return unbalanced("an entry has exactly one positive side");
    }
    const auto more_debits = checked_add(debits, entry.debit);
    const auto more_credits = checked_add(credits, entry.credit);
    if (!more_debits || !more_credits) {
      return unbalanced("a journal's sums fit 64 bits");
    }
    debits = *more_debits;
    credits = *more_credits;
  }
  if (debits != credits) {
    return unbalanced("debits and credits of a journal are equal");
  }
  return {};
}

void post(sql::Transaction& tx, const Journal& journal, TimeMs now_ms) {
  if (tx.failed()) {
    return;
  }
  if (!check(journal).ok()) {
    tx.fail({sql::Fault::check, "ledger.post", "ledger.unbalanced"});
    return;
  }
  const std::string_view currency = journal.currency.code();
  tx.run(journal_insert, journal.ref, journal.kind, journal.step, currency, now_ms);
  insert_entries(tx, journal, journal.entries);
  for (const Change& change : balance_changes(journal)) {
    change_balance(tx, change, currency);
  }
}

bool is_posted(sql::Transaction& tx, std::string_view kind, std::string_view ref,
               std::int32_t step) {
  return tx.query(journal_find, ref, kind, step).next();
}

void open_balance(sql::Transaction& tx, Account account, std::string_view owner,
                  Currency currency) {
  if (!tx.is_only_writer()) {
    tx.run(balance_open, owner, account_number(account), currency.code());
  }
}

std::int64_t available(sql::Transaction& tx, Account account, std::string_view owner,
                       Currency currency) {
  return first_number(tx.query(balance_select, owner, account_number(account), currency.code()));
}

std::int64_t balance_of(sql::Transaction& tx, Account account, std::string_view owner,
                        Currency currency) {
  const std::int64_t number = account_number(account);
  return is_shared(account) ? first_number(tx.query(shared_sum, number, owner, currency.code()))
                            : first_number(tx.query(entry_sum, owner, number, currency.code()));
}

}  // namespace kameng::ledger
