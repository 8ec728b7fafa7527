// effects.hpp - what a decision about an order does: one value for all of them, applied in one
// place, in one lock order.
//
// The functions here are the pure parts that several decisions share: paying, delivering, giving
// money back. They add to an Effects; nothing reads a database.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/entry.hpp"
#include "base/random.hpp"
#include "command/command.hpp"
#include "ledger/journal.hpp"
#include "order/order_store.hpp"
#include "payment/calls.hpp"
#include "payment/payment_store.hpp"
#include "vault/code_store.hpp"

namespace kameng::order {

// How long a paid order waits before the next look for stock.
inline constexpr std::int64_t stock_retry_ms = 60'000;

struct PaymentChange {
  payment::Payment after;
  payment::AttemptState before;
};

// Codes for one line that were not held: picked from what is for sale.
struct Claim {
  SkuId sku_id;
  std::int32_t line = 0;
  std::vector<std::int64_t> codes = {};
};

enum class HeldCodes : std::uint8_t { keep, sell, release };

struct Effects {
  std::optional<OrderChange> order = {};
  std::vector<PaymentChange> payments = {};
  std::vector<payment::Payment> begun = {};
  std::vector<ledger::Journal> journals = {};
  HeldCodes held = HeldCodes::keep;
  std::vector<vault::HeldCode> held_codes = {};  // what is sold or released
  std::vector<Claim> claims = {};
  std::vector<payment::Refund> refunds = {};
  std::vector<payment::CallStart> calls = {};
  std::vector<audit::Entry> entries = {};
};

// Ids for whatever a decision may start: the random part of the first is drawn before the phase,
// the others count on from it. Each run begins anew.
class IdPool {
 public:
  IdPool(TimeMs now_ms, Random& random) : first_(make_id_bytes(now_ms, random.draw<10>())) {}
  void rewind() { next_ = first_; }
  template <class IdType>
  [[nodiscard]] IdType next() {
    return IdType{take()};
  }

 private:
  [[nodiscard]] IdBytes take();
  IdBytes first_;
  IdBytes next_ = first_;
};

// What the codes of an order look like when it is to be delivered.
struct CodeFacts {
  std::vector<vault::HeldCode> held = {};  // held for it
  std::vector<Claim> claims = {};          // picked besides, when fewer are held than it needs
};
// True when every code the order needs is held or picked.
[[nodiscard]] bool complete(const Order& order, const CodeFacts& codes);

// From where the money of an order comes.
struct Source {
  ledger::Account account;
  std::string owner;
  std::int64_t amount = 0;
};

// Books `sources` (which add up to the order's total) into escrow and delivers if the codes are
// complete; otherwise the order stays paid and waits for stock. Returns the status it reaches.
OrderStatus pay_and_deliver(Effects& effects, const Order& order,
                            const std::vector<Source>& sources, const CodeFacts& codes,
                            TimeMs now_ms);
// Delivers a paid order.
void deliver(Effects& effects, const Order& order, const CodeFacts& codes, TimeMs now_ms);
// Starts to give `amount` of a payment back: from suspense (under the order or a trade) or from
// escrow.
void give_back(Effects& effects, const payment::Payment& payment, ledger::Account from,
               std::string owner, std::int64_t amount, std::string_view reason, IdPool& ids);
// Asks the providers of all open payments to close them.
void close_open_payments(Effects& effects, const std::vector<payment::Payment>& payments,
                         IdPool& ids);

// The facts of codes: what is held for the order and, when that is not enough and `pick_more`, what
// can be picked.
[[nodiscard]] CodeFacts read_codes(sql::Transaction& tx, const Order& order, bool pick_more);

// Writes all of it in lock order. `order` is the order as the decision saw it; null when there is
// none.
void apply(command::Command& command, sql::Transaction& tx, const Order* order,
           const Effects& effects);

}  // namespace kameng::order
