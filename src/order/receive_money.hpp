// receive_money.hpp - the decision about verified news of a payment, whether a notice or an answer
// brought it.
//
// Every case of money that does not fit ends in a named outcome with its posting: short, in excess,
// double, late, for a cancelled order, of another merchant or currency, of a trade nobody began.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command/decision.hpp"
#include "order/effects.hpp"
#include "payment/provider.hpp"

namespace kameng::order {

struct MoneyFacts {
  payment::NoticeEvent event;
  std::string provider;
  std::string merchant;  // ours at that provider
  // What came of this very event when it was applied; nothing when it is new.
  std::optional<std::string> recorded = {};
  std::optional<payment::Payment> payment = {};
  std::vector<payment::Payment> others = {};  // of the same order
  std::optional<Order> order = {};
  CodeFacts codes = {};
  bool trade_booked = false;  // the money of this trade was booked as nobody's before
};

struct MoneyPlan : Effects {
  std::string outcome;
};

// Pure; refuses nothing, because the money has moved.
[[nodiscard]] MoneyPlan decide_money(const MoneyFacts& facts, TimeMs now_ms, IdPool& ids);

[[nodiscard]] MoneyFacts read_money_facts(sql::Transaction& tx, const payment::NoticeEvent& event,
                                          std::string_view provider, std::string_view merchant);

}  // namespace kameng::order
