// ledger.hpp - the books as a host sees them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/money.hpp>

namespace kameng::ledger {

struct AccountBalance {
  std::string code;
  std::int64_t debit = 0;
  std::int64_t credit = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("code", &AccountBalance::code, "A.clearing, L.escrow, I.sales, …");
    f.required("debit", &AccountBalance::debit, "Sum of all debits, minor units.");
    f.required("credit", &AccountBalance::credit, "Sum of all credits, minor units.");
  }
};

struct CurrencyBalance {
  Currency currency{};
  std::vector<AccountBalance> accounts;
  std::int64_t debit = 0;
  std::int64_t credit = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("currency", &CurrencyBalance::currency, "ISO 4217.");
    f.required("accounts", &CurrencyBalance::accounts, "Every account that was used.");
    f.required("debit", &CurrencyBalance::debit, "Equal to credit, or the books are wrong.");
    f.required("credit", &CurrencyBalance::credit, "Equal to debit, or the books are wrong.");
  }
};

struct TrialBalance {
  std::vector<CurrencyBalance> currencies;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("currencies", &TrialBalance::currencies, "One trial balance per currency.");
  }
};

struct GetBalance {
  static constexpr std::string_view operation = "ledger.balance";
  using Answer = TrialBalance;

  template <class Fields>
  static void fields(Fields&) {}
};

}  // namespace kameng::ledger
