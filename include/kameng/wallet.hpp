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

}  // namespace kameng::wallet
