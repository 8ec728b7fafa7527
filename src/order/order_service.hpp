// order_service.hpp - the operations that see an order, its codes and its money together.
//
// Each handler reads facts, decides by a pure function of its own file, and applies an Effects
// (effects.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <kameng/notice.hpp>
#include <kameng/order.hpp>
#include <kameng/outbox.hpp>
#include <kameng/payment.hpp>

#include "account/tier.hpp"
#include "command/command.hpp"
#include "order/begin_payment.hpp"
#include "payment/provider.hpp"

namespace kameng::order {

struct Config {
  std::int64_t hold_ms = 15 * 60'000;  // how long an unpaid order holds its codes
  std::int64_t closing_ms =
      10 * 60'000;  // how long a provider is asked to close before the codes go back
  std::int64_t stock_wait_ms =
      3'600'000;  // how long a paid order waits for stock before its money goes back
  std::int64_t unpaid_per_account = 5;
  std::int64_t unpaid_per_contact = 5;
  std::int64_t unpaid_per_device = 5;
  std::int64_t unpaid_per_network = 50;
};

// What due work did, by kind.
struct DueCounts {
  std::int64_t expired = 0;
  std::int64_t closing = 0;
  std::int64_t delivered = 0;
  std::int64_t refunded = 0;
  std::int64_t waiting = 0;
  [[nodiscard]] std::int64_t all() const {
    return expired + closing + delivered + refunded + waiting;
  }
};

class OrderService {
 public:
  // `providers` and `tiers` outlive it.
  OrderService(const Config& config, const payment::Providers& providers,
               const account::Tiers& tiers)
      : config_(config), providers_(&providers), tiers_(&tiers) {}

  [[nodiscard]] Result<Placed> place(command::Command& command, const Place& request);
  [[nodiscard]] Result<View> get(command::Query& query, const Get& request);
  [[nodiscard]] Result<Page> list(command::Query& query, const List& request);
  [[nodiscard]] Result<Cancelled> cancel(command::Command& command, const Cancel& request);
  // Where a finished order came from, and how to reach its buyer.
  [[nodiscard]] Result<Forgotten> forget(command::Command& command, const Forget& request);
  [[nodiscard]] Result<Explanation> explain(command::Query& query, const Explain& request);
  [[nodiscard]] Result<code::Revealed> reveal(command::Command& command,
                                              const code::Reveal& request);

  [[nodiscard]] Result<payment::Begun> begin_payment(command::Command& command,
                                                     const payment::Begin& request);
  [[nodiscard]] Result<payment::View> get_payment(command::Query& query,
                                                  const payment::Get& request);
  [[nodiscard]] Result<notice::Received> receive_notice(command::Command& command,
                                                        const notice::Receive& request);
  [[nodiscard]] Result<outbox::Calls> pull_calls(command::Command& command,
                                                 const outbox::Pull& request);
  [[nodiscard]] Result<outbox::Finished> finish_call(command::Command& command,
                                                     const outbox::Done& request);

  // Handles up to `limit` orders that are due, in one transaction; `command` acts as the system.
  [[nodiscard]] Result<DueCounts> run_due(command::Command& command, int limit);
  // Applies a notice whose effect failed when it came (a job); `event` is what the job kept.
  [[nodiscard]] Result<void> apply_deferred_notice(command::Command& command,
                                                   std::string_view event);

 private:
  [[nodiscard]] const payment::Provider* channel(std::string_view name) const {
    return providers_->find(name);
  }
  // The provider a caller named: a configured channel or the wallet. `provider.unknown` at `field`
  // otherwise.
  [[nodiscard]] Result<PaymentChoice> choose(std::string_view provider,
                                             const std::optional<std::string>& method,
                                             std::string_view field) const;
  // The page of a payment that has just been begun (also on a replay); it is rebuilt, never stored.
  [[nodiscard]] Result<void> add_pay_page(payment::Begun& begun, std::string_view provider,
                                          std::string_view method) const;

  Config config_;
  const payment::Providers* providers_;
  const account::Tiers* tiers_;
};

}  // namespace kameng::order
