// postings_test.cpp - the journals of money that moves, and how a wallet is credited and shares a
// price.
#include "payment/postings.hpp"

#include <doctest/doctest.h>

#include "ledger/ledger_schema.hpp"
#include "payment/wallet_service.hpp"
#include "support/raw_database.hpp"

namespace kameng::payment {
namespace {

using ledger::Account;

// "-A.clearing{owner} 55 +L.suspense{owner} 55": debits with minus.
std::string text_of(const ledger::Journal& journal) {
  CHECK(ledger::check(journal).ok());
  std::string text;
  for (const ledger::Entry& entry : journal.entries) {
    text += (text.empty() ? "" : " ") + std::string(entry.debit > 0 ? "-" : "+") +
            std::string(ledger::account_code(entry.account)) + "{" + entry.owner + "} " +
            std::to_string(entry.debit + entry.credit);
  }
  return text;
}

TEST_SUITE("payment") {
  // Goal: each row of the ledger's table that a payment makes is booked as it stands there, under
  // its own kind and reference, and balances.
  // Method: each journal printed.
  TEST_CASE("the journals of payments, row by row") {
    const Money money{5500, {}};
    struct Row {
      ledger::Journal journal;
      const char* kind;
      const char* ref;
      const char* text;
    };
    const Row rows[] = {
        {received_in_suspense("pay_1", "sandbox/m1", "ord_1", money), "payment.suspended", "pay_1",
         "-A.clearing{sandbox/m1} 5500 +L.suspense{ord_1} 5500"},
        {refund_requested("rfd_1", Account::suspense, "ord_1", money), "refund.requested", "rfd_1",
         "-L.suspense{ord_1} 5500 +L.refund_transit{rfd_1} 5500"},
        {refund_requested("rfd_1", Account::escrow, "ord_1", money), "refund.requested", "rfd_1",
         "-L.escrow{ord_1} 5500 +L.refund_transit{rfd_1} 5500"},
        {refund_succeeded("rfd_1", "sandbox/m1", money), "refund.succeeded", "rfd_1",
         "-L.refund_transit{rfd_1} 5500 +A.clearing{sandbox/m1} 5500"},
        {refund_to_wallet("rfd_1", Account::wallet, "acc_1", money), "refund.to_wallet", "rfd_1",
         "-L.refund_transit{rfd_1} 5500 +L.wallet{acc_1} 5500"},
        {refund_to_wallet("rfd_1", Account::wallet_bonus, "acc_1", money), "refund.to_wallet",
         "rfd_1", "-L.refund_transit{rfd_1} 5500 +L.wallet_bonus{acc_1} 5500"},
        {wallet_credited("pay_1", "acc_1", money, false), "wallet.credited", "pay_1",
         "-A.bank{} 5500 +L.wallet{acc_1} 5500"},
        {wallet_credited("pay_1", "acc_1", money, true), "wallet.credited", "pay_1",
         "-X.promo_topup{} 5500 +L.wallet_bonus{acc_1} 5500"},
    };
    for (const Row& row : rows) {
      CHECK(row.journal.kind == row.kind);
      CHECK(row.journal.ref == row.ref);
      CHECK(row.journal.step == 1);
      CHECK(text_of(row.journal) == row.text);
    }
    CHECK(received_in_suspense("a", "b", "c", {5, *Currency::parse("USD")}).currency ==
          *Currency::parse("USD"));
  }

  // Goal: the bonus pays first, as far as it reaches, and the two shares are the price.
  // Method: bonuses below, at and above prices.
  TEST_CASE("how a wallet shares a price") {
    struct Row {
      std::int64_t amount, bonus, of_bonus, of_wallet;
    };
    const Row rows[] = {{8500, 1000, 1000, 7500}, {8500, 0, 0, 8500}, {8500, 8500, 8500, 0},
                        {8500, 9000, 8500, 0},    {1, 1, 1, 0},       {0, 5, 0, 0},
                        {8500, 8499, 8499, 1}};
    for (const Row& row : rows) {
      const WalletShares shares = wallet_shares(row.amount, row.bonus);
      CHECK(shares.bonus == row.of_bonus);
      CHECK(shares.wallet == row.of_wallet);
      CHECK(shares.bonus + shares.wallet == row.amount);
    }
  }

  // Goal: whether money was booked aside under a reference is known.
  // Method: asked before and after, and for another reference and kind.
  TEST_CASE("money in suspense is booked once for each reference") {
    tests::RawDatabase db({ledger::ledger_schema});
    db.write([](sql::Transaction& tx) {
      CHECK_FALSE(is_suspended(tx, "sandbox/T1"));
      ledger::post(tx, received_in_suspense("sandbox/T1", "sandbox/m1", "sandbox/T1", {5, {}}), 1);
      ledger::post(tx, wallet_credited("pay_1", "acc_1", {5, {}}, false), 1);
      CHECK(is_suspended(tx, "sandbox/T1"));
      CHECK_FALSE(is_suspended(tx, "sandbox/T2"));
      CHECK_FALSE(is_suspended(tx, "pay_1"));
      return true;
    });
    CHECK(db.fail([](sql::Transaction& tx) {
              ledger::post(
                  tx, received_in_suspense("sandbox/T1", "sandbox/m1", "sandbox/T1", {5, {}}), 1);
            }).fault == sql::Fault::unique);
    CHECK(db.scans().empty());
  }

  // Goal: a credit is of a customer, positive, and leaves the wallet within its bounds; its answer
  // is the balance it makes.
  // Method: each refusal; each source; the bound to the fen.
  TEST_CASE("crediting a wallet") {
    constexpr std::int64_t most = 1'000'000'000'000;
    struct Row {
      CreditFacts facts;
      std::int64_t amount;
      const char* source;
      const char* outcome;
    };
    const Row rows[] = {
        {{false, 0, 0}, 5, "bank", "account.not_found"},
        {{true, 0, 0}, 0, "bank", "money.not_positive"},
        {{true, 0, 0}, -5, "goodwill", "money.not_positive"},
        {{true, 1, 0}, most, "bank", "wallet.too_large"},
        {{true, 0, 1}, most, "goodwill", "wallet.too_large"},
        {{true, 0, 0}, INT64_MAX, "bank", "wallet.too_large"},
        {{true, 1, 9}, most - 1, "bank", "1000000000000+9"},
        {{true, 9, 1}, most - 1, "goodwill", "9+1000000000000"},
        {{true, 100, 20}, 5, "bank", "105+20"},
        {{true, 100, 20}, 5, "goodwill", "100+25"},
    };
    for (const Row& row : rows) {
      CAPTURE(std::string(row.outcome));
      const auto decision = decide(
          row.facts,
          {.account_id = {}, .amount = {row.amount, {}}, .source = row.source, .reason = "why"},
          "pay_1");
      const std::string outcome = decision.refusal
                                      ? decision.refusal->reason
                                      : std::to_string(decision.plan->after.balance.amount) + "+" +
                                            std::to_string(decision.plan->after.bonus.amount);
      CHECK(outcome == row.outcome);
      if (decision.plan) {
        CHECK(ledger::check(decision.plan->journal).ok());
        CHECK(decision.plan->entries.size() == 1);
      }
    }
  }

  // Goal: names of actions and wallets are told from those of channels.
  // Method: all of them, there and back.
  TEST_CASE("names of actions and wallets") {
    for (const Action action :
         {Action::close, Action::query, Action::refund, Action::query_refund}) {
      CHECK(parse_action(action_name(action)) == action);
    }
    CHECK_FALSE(parse_action("payment.pay").has_value());
    CHECK(wallet_account("wallet") == Account::wallet);
    CHECK(wallet_account("wallet_bonus") == Account::wallet_bonus);
    CHECK_FALSE(wallet_account("sandbox").has_value());
    CHECK_FALSE(wallet_account("").has_value());
  }
}

}  // namespace
}  // namespace kameng::payment
