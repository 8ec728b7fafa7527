#include "payment/wallet_service.hpp"

#include "account/account_status.hpp"
#include "account/permissions.hpp"
#include "command/cursor.hpp"
#include "ledger/statement.hpp"
#include "payment/postings.hpp"

namespace kameng::payment {
namespace {

// 10 thousand million yuan in fen: above it, a mistake.
constexpr std::int64_t balance_max = 1'000'000'000'000;

}  // namespace

command::Decision<CreditPlan> decide(const CreditFacts& facts, const wallet::Credit& request,
                                     std::string ref) {
  using Decision = command::Decision<CreditPlan>;
  if (!facts.customer_exists) {
    return Decision::refuse(
        Error{Status::not_found, "account.not_found", "There is no such account."}.at(
            "account_id"));
  }
  if (request.amount.amount <= 0) {
    return Decision::refuse(
        Error{Status::invalid_argument, "money.not_positive", "amount must be above 0."}.at(
            "amount"));
  }
  const bool goodwill = request.source == "goodwill";
  const std::int64_t before = goodwill ? facts.bonus : facts.balance;
  if (request.amount.amount > balance_max - before) {
    return Decision::refuse(
        Error{Status::failed_precondition, "wallet.too_large", "A wallet may not hold that much."}
            .at("amount"));
  }
  const std::string account = request.account_id.text();
  CreditPlan plan;
  plan.journal = wallet_credited(std::move(ref), account, request.amount, goodwill);
  plan.after = {{facts.balance + (goodwill ? 0 : request.amount.amount), request.amount.currency},
                {facts.bonus + (goodwill ? request.amount.amount : 0), request.amount.currency}};
  plan.entries.push_back({.kind = "wallet.credited",
                          .subject = account,
                          .details = {{"amount", request.amount.amount},
                                      {"currency", std::string(request.amount.currency.code())},
                                      {"source", request.source},
                                      {"reason", request.reason}}});
  return Decision::accept(std::move(plan));
}

namespace {

CreditFacts read_facts(sql::Transaction& tx, const wallet::Credit& request) {
  const std::string owner = request.account_id.text();
  const Currency currency = request.amount.currency;
  CreditFacts facts{.customer_exists = account::find_customer(tx, request.account_id).has_value()};
  if (facts.customer_exists) {
    ledger::open_balance(tx, ledger::Account::wallet, owner, currency);
    ledger::open_balance(tx, ledger::Account::wallet_bonus, owner, currency);
    facts.balance = ledger::available(tx, ledger::Account::wallet, owner, currency);
    facts.bonus = ledger::available(tx, ledger::Account::wallet_bonus, owner, currency);
  }
  return facts;
}

}  // namespace

Result<wallet::Balance> WalletService::credit(command::Command& command,
                                              const wallet::Credit& request) {
  const std::string ref = command.new_id<PaymentId>().text();
  return command.phase<wallet::Balance>([&](sql::Transaction& tx) -> Result<wallet::Balance> {
    const CreditFacts facts = read_facts(tx, request);
    return command.settle<wallet::Balance>(tx, decide(facts, request, ref),
                                           [&](const CreditPlan& plan) {
                                             ledger::post(tx, plan.journal, command.now_ms());
                                             return plan.after;
                                           });
  });
}

Result<wallet::Balance> WalletService::get(command::Query& query, const wallet::Get& request) {
  KAMENG_TRY(const AccountId account, account::acting_customer(query.actor()));
  const std::string owner = account.text();
  return wallet::Balance{
      {ledger::available(query.tx, ledger::Account::wallet, owner, request.currency),
       request.currency},
      {ledger::available(query.tx, ledger::Account::wallet_bonus, owner, request.currency),
       request.currency}};
}

Result<wallet::Lines> WalletService::statement(command::Query& query,
                                               const wallet::Statement& request) {
  KAMENG_TRY(const AccountId account,
             account::looked_at(query, request.account_id, Permission::money_read));
  KAMENG_TRY(const std::int64_t before, command::read_cursor(request.cursor));
  const std::vector<ledger::StatementLine> found = ledger::wallet_statement(
      query.tx, account.text(), request.currency, before, request.limit + 1);
  wallet::Lines lines;
  for (const ledger::StatementLine& line : found) {
    if (std::ssize(lines.items) == request.limit) {
      lines.next = std::to_string(found[lines.items.size() - 1].entry_id);
      break;
    }
    lines.items.push_back({line.kind,
                           line.ref,
                           {line.amount, request.currency},
                           line.account == ledger::Account::wallet_bonus,
                           line.at_ms});
  }
  return lines;
}

}  // namespace kameng::payment
