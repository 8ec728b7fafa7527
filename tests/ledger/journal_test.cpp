#include "ledger/journal.hpp"

#include <limits>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "ledger/ledger_schema.hpp"
#include "support/raw_database.hpp"

namespace kameng::ledger {
namespace {

using sql::Transaction;
using tests::RawDatabase;

const Currency cny = *Currency::parse("CNY");
const Currency usd = *Currency::parse("USD");

Journal top_up(std::string ref, std::int64_t amount, std::int32_t step = 1) {
  return {"wallet.top_up",
          std::move(ref),
          step,
          cny,
          {debit(Account::clearing, "sandbox/mch_1", amount),
           credit(Account::wallet, "acc_1", amount)}};
}

Journal spend(std::string ref, std::int64_t amount) {
  return {"order.paid",
          std::move(ref),
          1,
          cny,
          {debit(Account::wallet, "acc_1", amount), credit(Account::escrow, "ord_1", amount)}};
}

struct Balances {
  std::int64_t wallet, escrow, clearing;
  bool operator==(const Balances&) const = default;
};

Balances balances(Transaction& tx) {
  return {available(tx, Account::wallet, "acc_1", cny),
          balance_of(tx, Account::escrow, "ord_1", cny),
          balance_of(tx, Account::clearing, "sandbox/mch_1", cny)};
}

TEST_SUITE("ledger") {
  // Goal: no journal that would break the books passes the check.
  // Method: one journal per rule, each wrong in one way only, beside one that is right.
  TEST_CASE("a journal that is not double entry is refused") {
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto checked = [](std::vector<Entry> entries) {
      return check(Journal{"test", "ref", 1, cny, std::move(entries)});
    };
    CHECK(checked({debit(Account::bank, "", 5), credit(Account::equity, "", 5)}).ok());
    CHECK(checked({debit(Account::bank, "", most), credit(Account::equity, "", most)}).ok());
    CHECK(checked({debit(Account::bank, "", 5), credit(Account::equity, "", 2),
                   credit(Account::sales, "", 3)})
              .ok());

    CHECK_FALSE(checked({}).ok());
    CHECK_FALSE(checked({debit(Account::bank, "", 5)}).ok());
    CHECK_FALSE(checked({debit(Account::bank, "", 5), credit(Account::equity, "", 4)}).ok());
    CHECK_FALSE(checked({debit(Account::bank, "", 0), credit(Account::equity, "", 0)}).ok());
    CHECK_FALSE(checked({debit(Account::bank, "", -5), credit(Account::equity, "", -5)}).ok());
    CHECK_FALSE(checked({{Account::bank, "", 5, 5}, {Account::equity, "", 5, 5}}).ok());
    CHECK_FALSE(checked({debit(Account::bank, "", most), debit(Account::bank, "", most),
                         credit(Account::equity, "", most), credit(Account::equity, "", most)})
                    .ok());
    const auto refused = checked({debit(Account::bank, "", 5), credit(Account::equity, "", 4)});
    CHECK(refused.error().reason == "ledger.unbalanced");
    CHECK(refused.error().status == Status::internal);
  }

  // Goal: numbers in rows always find their way back to an account, and no two accounts share one.
  // Method: every number a row could hold; the chart has fourteen accounts.
  TEST_CASE("an account's number names that account only") {
    std::set<std::string_view> codes;
    for (std::int64_t number = -1; number < 300; ++number) {
      if (const auto account = account_of(number)) {
        CHECK(account_number(*account) == number);
        codes.insert(account_code(*account));
      }
    }
    CHECK(codes.size() == 15);
    CHECK(account_code(Account::wallet) == "L.wallet");
  }

  // Goal: posting moves the balances of constrained, shared and per-order accounts alike.
  // Method: a top-up of 200 and a purchase of 85, read back by both balance functions.
  TEST_CASE("a posted journal shows in every balance") {
    RawDatabase db({ledger_schema});
    const Balances after = db.write([](Transaction& tx) {
      post(tx, top_up("top_1", 20000), 1000);
      post(tx, spend("ord_1", 8500), 1001);
      return balances(tx);
    });
    CHECK(after == Balances{11500, 8500, -20000});
    db.write([](Transaction& tx) {
      CHECK(balance_of(tx, Account::wallet, "acc_1", cny) == 11500);
      CHECK(available(tx, Account::wallet, "acc_1", usd) == 0);
      CHECK(available(tx, Account::wallet, "acc_2", cny) == 0);
      CHECK(balance_of(tx, Account::clearing, "sandbox/mch_2", cny) == 0);
      return true;
    });
  }

  // Goal: the database itself refuses an overdrawn wallet, and nothing of the journal stays.
  // Method: spend one fen more than is there, from a wallet with a balance row and from one
  // without.
  TEST_CASE("a constrained account never goes below zero") {
    RawDatabase db({ledger_schema});
    const sql::Failure no_row = db.fail([](Transaction& tx) { post(tx, spend("ord_1", 1), 1000); });
    CHECK(no_row.fault == sql::Fault::check);

    db.write([](Transaction& tx) {
      post(tx, top_up("top_1", 100), 1000);
      return true;
    });
    const sql::Failure too_much =
        db.fail([](Transaction& tx) { post(tx, spend("ord_1", 101), 1000); });
    CHECK(too_much.fault == sql::Fault::check);
    CHECK(db.write(balances) == Balances{100, 0, -100});

    db.write([](Transaction& tx) {
      post(tx, spend("ord_1", 100), 1000);
      return true;
    });
    CHECK(db.write(balances) == Balances{0, 100, -100});
  }

  // Goal: several entries of one wallet in one journal count by their sum, in whatever order they
  // are written. Method: a journal that takes 150 from a wallet of 100 and gives 60 back.
  TEST_CASE("one journal changes a balance once, by its net amount") {
    RawDatabase db({ledger_schema});
    const Balances after = db.write([](Transaction& tx) {
      post(tx, top_up("top_1", 100), 1000);
      post(tx,
           {"order.paid",
            "ord_1",
            1,
            cny,
            {debit(Account::wallet, "acc_1", 150), credit(Account::escrow, "ord_1", 90),
             credit(Account::wallet, "acc_1", 60)}},
           1000);
      return balances(tx);
    });
    CHECK(after == Balances{10, 90, -100});
  }

  // Goal: the same event is never booked twice, and repetitions that are meant are.
  // Method: the same journal again, then with another step.
  TEST_CASE("a journal is unique by ref, kind and step") {
    RawDatabase db({ledger_schema});
    db.write([](Transaction& tx) {
      post(tx, top_up("top_1", 100), 1000);
      return true;
    });
    const sql::Failure again =
        db.fail([](Transaction& tx) { post(tx, top_up("top_1", 100), 2000); });
    CHECK(again.fault == sql::Fault::unique);
    db.write([](Transaction& tx) {
      post(tx, top_up("top_1", 50, 2), 2000);
      return true;
    });
    CHECK(db.write(balances) == Balances{150, 0, -150});
  }

  // Goal: a journal of any length is written whole.
  // Method: 2 to 20 entries, so that every insert statement and their joints are used; the sum
  // shows a missing one.
  TEST_CASE("journals of two to twenty entries are written whole") {
    RawDatabase db({ledger_schema});
    std::int64_t expected = 0;
    for (int count = 2; count <= 20; ++count) {
      Journal journal{"test", "ref_" + std::to_string(count), 1, cny, {}};
      std::int64_t sum = 0;
      for (int i = 1; i < count; ++i) {
        journal.entries.push_back(credit(Account::suspense, "trade", i));
        sum += i;
      }
      journal.entries.push_back(debit(Account::bank, "", sum));
      expected += sum;
      const std::int64_t got = db.write([&](Transaction& tx) {
        post(tx, journal, 1000);
        return balance_of(tx, Account::suspense, "trade", cny) -
               balance_of(tx, Account::bank, "", cny);
      });
      CHECK(got == 2 * expected);
    }
  }

  // Goal: code that forgets the check cannot write a journal that does not balance.
  // Method: post one; the transaction fails before its first statement.
  TEST_CASE("posting an unbalanced journal fails the transaction") {
    RawDatabase db({ledger_schema});
    const sql::Failure failure = db.fail([](Transaction& tx) {
      post(tx,
           {"test", "ref", 1, cny, {debit(Account::bank, "", 5), credit(Account::equity, "", 4)}},
           1000);
      CHECK(tx.writes() == 0);
    });
    CHECK(failure.fault == sql::Fault::check);
    CHECK(failure.constraint == "ledger.unbalanced");
  }

  // Goal: what was booked stays as it was booked, whatever code does.
  // Method: every way to change or remove a row, by plain SQL.
  TEST_CASE("journals and entries cannot be changed or removed") {
    RawDatabase db({ledger_schema});
    db.write([](Transaction& tx) {
      post(tx, top_up("top_1", 100), 1000);
      return true;
    });
    const sql::Statement changes[] = {
        {"test.1", "UPDATE {p}entry SET debit = 1 WHERE debit > 0"},
        {"test.2", "DELETE FROM {p}entry"},
        {"test.3", "UPDATE {p}journal SET at_ms = 0"},
        {"test.4", "DELETE FROM {p}journal"},
    };
    for (const sql::Statement& change : changes) {
      CAPTURE(change.text);
      CHECK(db.fail([&](Transaction& tx) { tx.run(change); }).fault == sql::Fault::check);
    }
    CHECK(db.write(balances) == Balances{100, 0, -100});
  }
}

}  // namespace
}  // namespace kameng::ledger
