#include "ledger/totals.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "ledger/ledger_schema.hpp"
#include "support/raw_database.hpp"

namespace kameng::ledger {
namespace {

using sql::Transaction;
using tests::RawDatabase;

const Currency cny = *Currency::parse("CNY");
const Currency usd = *Currency::parse("USD");

// The n-th of a series of journals over all kinds of accounts, two currencies, a few owners.
Journal nth(int n, Random& random) {
  const auto draw = random.draw<4>();
  const std::int64_t amount = 1 + draw[0] + 256 * draw[1];
  const std::string merchant = "sandbox/mch_" + std::to_string(draw[2] % 3);
  const std::string customer = "acc_" + std::to_string(draw[3] % 5);
  const std::string order = "ord_" + std::to_string(n);
  return {"test",
          order,
          1,
          n % 4 == 0 ? usd : cny,
          {debit(Account::clearing, merchant, amount), debit(Account::ch_fee, "", 1),
           credit(Account::wallet, customer, amount / 2 + 1),
           credit(Account::escrow, order, amount - amount / 2)}};
}

bool same(const std::vector<CurrencyTotal>& a, const std::vector<CurrencyTotal>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const CurrencyTotal& x, const CurrencyTotal& y) {
        return x.currency == y.currency && x.debit == y.debit && x.credit == y.credit &&
               std::equal(x.accounts.begin(), x.accounts.end(), y.accounts.begin(),
                          y.accounts.end(), [](const AccountTotal& p, const AccountTotal& q) {
                            return p.account == q.account && p.debit == q.debit &&
                                   p.credit == q.credit;
                          });
      });
}

std::string wrong(const std::vector<Finding>& findings) {
  std::string names;
  for (const Finding& finding : findings) {
    if (!finding.ok) {
      CHECK_FALSE(finding.detail.empty());
      names += std::string(finding.name) + ";";
    }
  }
  return names;
}

std::vector<Finding> findings_of(RawDatabase& db) {
  return db.write(verify);
}

constexpr std::string_view without_triggers =
    "DROP TRIGGER t_entry_no_update; DROP TRIGGER t_entry_no_delete; DROP TRIGGER "
    "t_journal_no_delete;";

// Ten journals, half of them folded, and tables that can be damaged.
struct Damaged {
  RawDatabase db{ledger_schema};
  Damaged() {
    SeededRandom random(7);
    db.write([&](Transaction& tx) {
      for (int n = 0; n < 10; ++n) {
        post(tx, nth(n, random), n);
      }
      return fold(tx, 20);
    });
    REQUIRE(wrong(findings_of(db)) == "");
    db.damage(without_triggers);
  }
  std::string after(std::string_view script) {
    db.damage(script);
    return wrong(findings_of(db));
  }
};

TEST_SUITE("ledger") {
  // Goal: folding at any point changes no answer.
  // Method: 60 random journals; between them folds of random size, in one database only. Totals and
  // balances of shared accounts of both databases agree after each step, and with the sums kept
  // beside them.
  TEST_CASE("totals are the same wherever the fold stands") {
    RawDatabase folded({ledger_schema});
    RawDatabase plain({ledger_schema});
    SeededRandom random(20240601);
    std::map<std::string, std::int64_t> clearing;
    for (int n = 0; n < 60; ++n) {
      const Journal journal = nth(n, random);
      if (journal.currency == cny) {
        clearing[journal.entries[0].owner] -= journal.entries[0].debit;
      }
      const int chunk = random.draw<1>()[0] % 12;
      const auto book = [&](Transaction& tx) {
        post(tx, journal, n);
        return true;
      };
      plain.write(book);
      folded.write(book);
      if (chunk > 0) {
        folded.write([&](Transaction& tx) { return fold(tx, chunk); });
      }
      REQUIRE(same(folded.write(totals), plain.write(totals)));
      for (const auto& pair : clearing) {
        const std::string& owner = pair.first;
        const auto balance = [&](Transaction& tx) {
          return balance_of(tx, Account::clearing, owner, cny);
        };
        REQUIRE(folded.write(balance) == pair.second);
        REQUIRE(plain.write(balance) == pair.second);
      }
    }
    CHECK(wrong(findings_of(folded)) == "");
    CHECK(wrong(findings_of(plain)) == "");
    CHECK(folded.scans() == plain.scans());
  }

  // Goal: the trial balance balances and names its accounts by number.
  // Method: one top-up with a fee, in numbers of the running example.
  TEST_CASE("the trial balance of a top-up") {
    RawDatabase db({ledger_schema});
    const auto found = db.write([](Transaction& tx) {
      post(tx,
           {"wallet.top_up",
            "top_1",
            1,
            cny,
            {debit(Account::clearing, "sandbox/mch_1", 20000), debit(Account::ch_fee, "", 120),
             debit(Account::promo_topup, "", 1000), credit(Account::wallet, "acc_1", 20000),
             credit(Account::clearing, "sandbox/mch_1", 120),
             credit(Account::wallet_bonus, "acc_1", 1000)}},
           1);
      return totals(tx);
    });
    REQUIRE(found.size() == 1);
    CHECK(found[0].currency == cny);
    CHECK(found[0].debit == 21120);
    CHECK(found[0].credit == 21120);
    REQUIRE(found[0].accounts.size() == 5);
    CHECK(found[0].accounts[0].account == Account::clearing);
    CHECK(found[0].accounts[0].debit == 20000);
    CHECK(found[0].accounts[0].credit == 120);
    CHECK(found[0].accounts[4].account == Account::wallet_bonus);
  }

  // Goal: a fold says whether there is more, and leaves nothing behind when it says there is not.
  // Method: 12 entries in chunks of 5, then with nothing left.
  TEST_CASE("a fold works in chunks until nothing is left") {
    RawDatabase db({ledger_schema});
    SeededRandom random(1);
    db.write([&](Transaction& tx) {
      for (int n = 0; n < 3; ++n) {
        post(tx, nth(n, random), n);
      }
      return true;
    });
    const auto five = [](Transaction& tx) { return fold(tx, 5); };
    CHECK(db.write(five));
    CHECK(db.write(five));
    CHECK_FALSE(db.write(five));
    CHECK_FALSE(db.write([](Transaction& tx) {
      const bool more = fold(tx, 5);
      CHECK(tx.writes() == 0);
      return more;
    }));
    CHECK(wrong(findings_of(db)) == "");
  }

  // Goal: no statement of the trade or of a job reads all entries.
  // Method: run every statement, then ask the planner; only the snapshot, which is small, may be
  // read whole.
  TEST_CASE("no ledger statement scans a growing table") {
    RawDatabase db({ledger_schema});
    SeededRandom random(1);
    db.write([&](Transaction& tx) {
      post(tx, nth(1, random), 1);
      (void)available(tx, Account::wallet, "acc_1", cny);
      (void)balance_of(tx, Account::wallet, "acc_1", cny);
      (void)balance_of(tx, Account::clearing, "sandbox/mch_1", cny);
      (void)totals(tx);
      return fold(tx, 2);
    });
    for (const std::string& scan : db.scans()) {
      CAPTURE(scan);
      CHECK(scan.find("SCAN t_ledger_total") != std::string::npos);
    }
  }

  // Goal: each way to damage the books is found, under the name it belongs to. Servers keep what is
  // not folded in rows of their own, so there a changed entry differs from those too.
  // Method: with the triggers dropped, damage one thing per database.
  TEST_CASE("the check finds a changed entry") {
    Damaged books;
    CHECK(books.after("UPDATE t_entry SET debit = debit + 1 WHERE id = 37") ==
          (test::on_server() ? "ledger.journals_balance;ledger.sum_zero;ledger.snapshot;"
                             : "ledger.journals_balance;ledger.sum_zero;"));
  }
  // Goal, method: as above; both sides of a journal changed alike, so that it still balances.
  TEST_CASE("the check finds a journal that was changed on both sides") {
    Damaged books;
    CHECK(books.after("UPDATE t_entry SET debit = debit + 5 WHERE id = 1;"
                      "UPDATE t_entry SET credit = credit + 5 WHERE id = 3") ==
          "ledger.snapshot;ledger.balances;");
  }
  // Goal, method: as above; a whole journal is gone that was not folded yet.
  TEST_CASE("the check finds removed entries by the balances they made") {
    Damaged books;
    CHECK(books.after(
              "DELETE FROM t_entry WHERE journal_id = 10; DELETE FROM t_journal WHERE id = 10") ==
          (test::on_server() ? "ledger.snapshot;ledger.balances;" : "ledger.balances;"));
  }
  // Goal, method: as above; a journal row without entries, and entries without a journal row.
  TEST_CASE("the check finds journals and entries that miss each other") {
    Damaged with_row;
    CHECK(with_row.after("INSERT INTO t_journal VALUES (99, 'ref', 'kind', 1, 'CNY', 0)") ==
          "ledger.journals_balance;");
    Damaged without_row;
    CHECK(without_row.after("DELETE FROM t_journal WHERE id = 4") == "ledger.journals_balance;");
  }
  // Goal, method: as above; the balance rows.
  TEST_CASE("the check finds balances that differ from their entries") {
    Damaged changed;
    CHECK(
        changed.after("UPDATE t_ledger_balance SET balance = balance + 1 WHERE owner = 'acc_1'") ==
        "ledger.balances;");
    Damaged removed;
    CHECK(removed.after("DELETE FROM t_ledger_balance WHERE owner = 'acc_1'") ==
          "ledger.balances;");
  }
  // Goal, method: as above; the snapshot.
  TEST_CASE("the check finds a snapshot that differs from its entries") {
    Damaged changed;
    CHECK(changed.after("UPDATE t_ledger_total SET debit = debit + 1 WHERE account = 1") ==
          "ledger.snapshot;");
    Damaged skipped;
    const char* const skip = test::on_server() ? "DELETE FROM t_ledger_delta"
                                               : "UPDATE t_ledger_mark SET folded = folded + 1";
    CHECK(skipped.after(skip) == "ledger.snapshot;");
  }
}

}  // namespace
}  // namespace kameng::ledger
