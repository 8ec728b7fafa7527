// wallet.hpp - a customer's balance with the shop.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/money.hpp>

namespace kameng::wallet {

struct Balance {
  Money balance;
  Money bonus;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("balance", &Balance::balance, "What the customer may spend, without the bonus.");
    f.required("bonus", &Balance::bonus, "Goodwill that may be spent, never paid out.");
  }
};

struct Credit {
  static constexpr std::string_view operation = "wallet.credit";
  using Answer = Balance;
  AccountId account_id;
  Money amount;
  std::string source;
  std::string reason;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Credit::account_id, "Whose wallet.");
    f.required("amount", &Credit::amount, "How much, above 0.");
    f.required("source", &Credit::source,
               "bank: money that arrived there; goodwill: a gift of the shop.")
        .one_of({"bank", "goodwill"});
    f.required("reason", &Credit::reason, "Why, for the audit log.").length(1, 200);
  }
};

struct Get {
  static constexpr std::string_view operation = "wallet.get";
  using Answer = Balance;
  Currency currency{};

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("currency", &Get::currency, "CNY unless told.");
  }
};

struct StatementLine {
  static constexpr std::string_view name = "WalletStatementLine";
  std::string kind;
  std::string ref;
  Money amount;
  bool bonus = false;
  std::int64_t at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("kind", &StatementLine::kind,
               "Why: wallet.credited, order.paid, refund.to_wallet, …");
    f.required("ref", &StatementLine::ref, "The order, refund or payment it is about.");
    f.required("amount", &StatementLine::amount, "Above 0: came in; below: went out.");
    f.required("bonus", &StatementLine::bonus, "Whether it is of the bonus.");
    f.required("at_ms", &StatementLine::at_ms, "When it was booked.");
  }
};

struct Lines {
  static constexpr std::string_view name = "WalletLines";
  std::vector<StatementLine> items;
  std::optional<std::string> next;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Lines::items, "The newest first.");
    f.optional("next", &Lines::next, "Cursor of the next page; absent on the last.");
  }
};

struct Statement {
  static constexpr std::string_view operation = "wallet.statement";
  static constexpr std::string_view name = "WalletStatement";
  using Answer = Lines;
  std::optional<AccountId> account_id;
  Currency currency{};
  std::optional<std::string> cursor;
  std::int32_t limit = 50;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("account_id", &Statement::account_id,
               "For who may read the books: this customer's instead of one's own.");
    f.optional("currency", &Statement::currency, "CNY unless told.");
    f.optional("cursor", &Statement::cursor, "`next` of the page before.").length(1, 20);
    f.optional("limit", &Statement::limit, "Lines a page.").range(1, 200);
  }
};

}  // namespace kameng::wallet
