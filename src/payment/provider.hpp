// provider.hpp - what a payment provider is to the engine: pure functions that build requests and
// read answers.
//
// A provider never does I/O and never sees a transaction; the host sends what it builds. Amounts
// are minor units.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/money.hpp>
#include <kameng/outbox.hpp>
#include <kameng/payment.hpp>
#include <kameng/result.hpp>
#include <kameng/sandbox.hpp>

#include "base/clock.hpp"

namespace kameng::payment {

// What a transaction is called on both sides.
struct Trade {
  std::string out_trade_no;
  Money amount;
  std::string method = {};
  TimeMs expires_at_ms = 0;
  std::string out_refund_no = {};  // of a refund
  std::string provider_trade_no = {};
};

enum class Action : std::uint8_t { close, query, refund, query_refund };

// What a foreign answer says. `unknown` is a result of its own: it is resolved by query, never by
// trying again anew.
enum class Verdict : std::uint8_t { success, pending, declined, not_sent, unknown };

struct Outcome {
  Verdict verdict = Verdict::unknown;
  std::string code = {};  // the provider's own word, for people
  bool paid = false;      // close, query: the trade has been paid
  bool closed = false;    // close, query: it can no longer be paid
  // What a `paid` trade always tells; of a successful refund the amount.
  std::string provider_trade_no = {};
  std::optional<Money> amount = {};
  std::string merchant = {};
};

enum class Authenticity : std::uint8_t { verified, unverified, probe };

enum class NoticeKind : std::uint8_t { paid, closed, ignored };

// What one notice tells, once it is verified.
struct NoticeEvent {
  NoticeKind kind = NoticeKind::ignored;
  std::string event_id;
  std::string out_trade_no;
  std::string provider_trade_no;
  std::string merchant;
  Money amount;
};

// How a payment starts: a page for the payer.
struct Start {
  std::optional<PayPage> page;
};

class Provider {
 public:
  virtual ~Provider() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view merchant() const = 0;
  [[nodiscard]] virtual bool is_sandbox() const = 0;

  [[nodiscard]] virtual Result<Start> start(const Trade& trade) const = 0;
  [[nodiscard]] virtual HttpRequest build(Action action, const Trade& trade) const = 0;
  // Never fails: what cannot be read or verified is `unknown`.
  [[nodiscard]] virtual Outcome parse(Action action, const Trade& trade,
                                      const HttpResponse& response) const = 0;

  // The signature over the raw bytes; nothing is parsed before it.
  [[nodiscard]] virtual Authenticity verify_notice(const Headers& headers, std::string_view body,
                                                   TimeMs now_ms) const = 0;
  [[nodiscard]] virtual Result<NoticeEvent> read_notice(std::string_view body) const = 0;
  // What the provider wants to hear: received, or try again.
  [[nodiscard]] virtual HttpResponse acknowledge(bool received) const = 0;

  // A sandbox alone: the notice that a provider would send, and its answer to a call. Nothing
  // elsewhere.
  [[nodiscard]] virtual std::optional<sandbox::SignedNotice> simulate_notice(
      const NoticeEvent&) const {
    return std::nullopt;
  }
  // `paid`: what the payer has paid at the simulated provider, if anything.
  [[nodiscard]] virtual std::optional<HttpResponse> simulate_answer(
      Action, const Trade&, const std::optional<Money>&) const {
    return std::nullopt;
  }
};

[[nodiscard]] std::string_view action_name(
    Action action) noexcept;  // "payment.close", "refund.send", ...
[[nodiscard]] std::optional<Action> parse_action(std::string_view name) noexcept;

// The configured providers. Filled by the engine before the first call, then read only.
class Providers {
 public:
  void add(std::unique_ptr<Provider> provider) { providers_.push_back(std::move(provider)); }
  [[nodiscard]] const Provider* find(std::string_view name) const {
    for (const auto& provider : providers_) {
      if (provider->name() == name) {
        return provider.get();
      }
    }
    return nullptr;
  }

 private:
  std::vector<std::unique_ptr<Provider>> providers_;
};

// The customer's own balance here, and the goodwill in it; they have no Provider object, and the
// account is the merchant.
inline constexpr std::string_view wallet_provider = "wallet";
inline constexpr std::string_view wallet_bonus_provider = "wallet_bonus";

}  // namespace kameng::payment
