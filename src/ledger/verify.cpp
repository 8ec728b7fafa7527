// verify.cpp - the check of the books: one pass over the entries, then the balance rows.
//
// SQL's GROUP BY would sort all entries in memory. In the order of the query a journal's entries
// are neighbours, and one pass needs the sums of one journal, of each currency, and of each
// snapshot row only.
#include <limits>
#include <map>
#include <tuple>

#include "ledger/ledger_sql.hpp"
#include "ledger/totals.hpp"

namespace kameng::ledger {
namespace {

struct Sums {
  std::int64_t debit = 0;
  std::int64_t credit = 0;
  bool fits = true;

  void add(std::int64_t more_debit, std::int64_t more_credit) {
    const auto debits = checked_add(debit, more_debit);
    const auto credits = checked_add(credit, more_credit);
    fits = fits && debits && credits;
    debit = debits.value_or(0);
    credit = credits.value_or(0);
  }
  void subtract(std::int64_t less_debit, std::int64_t less_credit) {
    fits = fits && less_debit <= debit && less_credit <= credit;
    debit -= less_debit;
    credit -= less_credit;
  }
  [[nodiscard]] bool balanced() const { return fits && debit == credit; }
};

class EntryPass {
 public:
  explicit EntryPass(std::int64_t mark) : mark_(mark) {}

  void take(const sql::Rows& row) {
    const std::int64_t journal = row.int64(1);
    if (journal != journal_) {
      close_journal();
      // Ids of journals only grow; one that comes again has had entries added later.
      if (journal <= journal_) {
        blame(journal);
      }
      journal_ = journal;
      ++journals_;
    }
    if (row.is_null(2) || row.int64(2) != 1) {
      blame(journal);  // no journal row, or one of another currency
    }
    const std::int64_t debit = row.int64(6);
    const std::int64_t credit = row.int64(7);
    ++entries_;
    of_journal_.add(debit, credit);
    const std::string currency = row.text(3);
    by_currency_[currency].add(debit, credit);
    if (row.int64(0) <= mark_) {
      const std::int64_t account = row.int64(4);
      folded_[{account, account < 100 ? row.text(5) : std::string(), currency}].add(debit, credit);
    }
  }

  // Of servers: not folded yet, though the entry was taken for folded.
  void unfold(const sql::Rows& row) {
    folded_[{row.int64(0), row.text(1), row.text(2)}].subtract(row.int64(3), row.int64(4));
  }

  void close_journal() {
    if (journal_ != none && (!of_journal_.balanced() || entries_ < 2)) {
      blame(journal_);
    }
    of_journal_ = {};
    entries_ = 0;
  }

  [[nodiscard]] Finding journals(std::int64_t rows) const {
    Finding finding{"ledger.journals_balance", bad_ == 0 && rows == journals_};
    if (bad_ != 0) {
      finding.detail = std::to_string(bad_) + " wrong, first journal " + std::to_string(first_bad_);
    } else if (!finding.ok) {
      finding.detail =
          std::to_string(rows) + " journals, " + std::to_string(journals_) + " with entries";
    }
    return finding;
  }

  [[nodiscard]] Finding sums() const {
    Finding finding{"ledger.sum_zero"};
    for (const auto& [currency, sums] : by_currency_) {
      if (!sums.balanced()) {
        finding.ok = false;
        finding.detail += (finding.detail.empty() ? "" : ", ") + currency;
      }
    }
    return finding;
  }

  [[nodiscard]] Finding snapshot(sql::Rows rows) {
    std::erase_if(folded_, [](const auto& row) {
      return row.second.fits && row.second.debit == 0 && row.second.credit == 0;
    });
    std::size_t same = 0;
    std::size_t all = 0;
    while (rows.next()) {
      ++all;
      const auto found = folded_.find({rows.int64(0), rows.text(1), rows.text(2)});
      if (found != folded_.end() && found->second.fits && found->second.debit == rows.int64(3) &&
          found->second.credit == rows.int64(4)) {
        ++same;
      }
    }
    Finding finding{"ledger.snapshot", same == all && all == folded_.size()};
    if (!finding.ok) {
      finding.detail = std::to_string(same) + " of " + std::to_string(folded_.size()) +
                       " totals agree with their entries";
    }
    return finding;
  }

 private:
  static constexpr std::int64_t none = std::numeric_limits<std::int64_t>::min();

  void blame(std::int64_t journal) {
    if (bad_++ == 0) {
      first_bad_ = journal;
    }
  }

  std::int64_t mark_;
  std::int64_t journal_ = none;
  std::int64_t journals_ = 0;
  std::int64_t entries_ = 0;
  std::int64_t bad_ = 0;
  std::int64_t first_bad_ = 0;
  Sums of_journal_;
  std::map<std::string, Sums> by_currency_;
  std::map<std::tuple<std::int64_t, std::string, std::string>, Sums> folded_;
};

std::int64_t number(sql::Rows rows) {
  return rows.next() ? rows.int64(0) : 0;
}

Finding none_of(std::string_view name, std::int64_t count, std::string_view what) {
  Finding finding{name, count == 0};
  if (!finding.ok) {
    finding.detail = std::to_string(count) + " " + std::string(what);
  }
  return finding;
}

}  // namespace

std::vector<Finding> verify(sql::Transaction& tx) {
  EntryPass pass(number(tx.query(mark_select)));
  {
    sql::Rows rows = tx.query(verify_entries);
    while (rows.next()) {
      pass.take(rows);
    }
    pass.close_journal();
  }
  if (!tx.is_only_writer()) {
    sql::Rows rows = tx.query(verify_unfolded);
    while (rows.next()) {
      pass.unfold(rows);
    }
  }
  const std::int64_t wrong =
      number(tx.query(verify_balances)) + number(tx.query(verify_missing_balances));
  return {pass.journals(number(tx.query(verify_journals))), pass.sums(),
          pass.snapshot(tx.query(verify_totals)),
          none_of("ledger.balances", wrong, "balances differ from their entries"),
          none_of("ledger.not_negative", number(tx.query(verify_negative_balances)),
                  "balances below zero")};
}

}  // namespace kameng::ledger
