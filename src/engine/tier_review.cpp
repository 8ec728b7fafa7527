#include "engine/tier_review.hpp"

#include <charconv>
#include <map>
#include <string>
#include <utility>

#include "account/tier_service.hpp"
#include "audit/log.hpp"
#include "json/parse.hpp"
#include "order/deeds.hpp"
#include "queue/mark.hpp"

namespace kameng::engine {
namespace {

constexpr std::string_view mark_name = "tier.review";
constexpr int events_a_round = 200;

std::int64_t read_position(const Bytes& mark) {
  const std::string_view text = as_text(mark);
  std::int64_t position = 0;
  static_cast<void>(std::from_chars(text.data(), text.data() + text.size(), position));
  return position;
}

// What an entry of the audit log tells.
class Told {
 public:
  explicit Told(const std::string& body) : entry_(json::parse(body)) {}

  [[nodiscard]] std::string text(std::string_view name) const { return text_in(root(), name); }
  [[nodiscard]] TimeMs at_ms() const { return number_in(root(), "at_ms"); }
  [[nodiscard]] std::string detail(std::string_view name) const { return text_in(details(), name); }
  [[nodiscard]] std::int64_t amount() const { return number_in(details(), "amount"); }

 private:
  [[nodiscard]] const json::Value* root() const { return entry_.ok() ? &*entry_ : nullptr; }
  [[nodiscard]] const json::Value* details() const {
    return root() != nullptr ? root()->find("details") : nullptr;
  }
  [[nodiscard]] static std::string text_in(const json::Value* from, std::string_view name) {
    const json::Value* const value = from != nullptr ? from->find(name) : nullptr;
    const std::string* const found = value != nullptr ? value->string() : nullptr;
    return found != nullptr ? *found : std::string();
  }
  [[nodiscard]] static std::int64_t number_in(const json::Value* from, std::string_view name) {
    const json::Value* const value = from != nullptr ? from->find(name) : nullptr;
    const std::int64_t* const found = value != nullptr ? value->integer() : nullptr;
    return found != nullptr ? *found : 0;
  }

  Result<json::Value> entry_;
};

struct Doing {
  AccountId account_id;
  account::Deed deed;
};

// Whose deed the entry tells, and what it was; nothing when it tells none that counts.
std::optional<Doing> read_deed(sql::Transaction& tx, const Told& told) {
  const std::string kind = told.text("kind");
  const std::string own_currency(Currency{}.code());
  if (kind == "wallet.credited" && told.detail("source") == "bank" &&
      told.detail("currency") == own_currency) {
    const std::optional<AccountId> id = AccountId::parse(told.text("subject"));
    return id ? std::optional<Doing>({*id, {told.at_ms(), 0, told.amount(), {}}}) : std::nullopt;
  }
  const std::optional<OrderId> order =
      kind == "order.delivered" ? OrderId::parse(told.text("subject")) : std::nullopt;
  std::optional<order::Bought> bought = order ? order::find_bought(tx, *order) : std::nullopt;
  if (!bought) {
    return std::nullopt;
  }
  const bool counts = bought->total.currency == Currency{};
  return Doing{bought->account_id,
               {told.at_ms(), counts ? bought->total.amount : 0, 0, std::move(bought->skus)}};
}

}  // namespace

std::int64_t review_tiers(command::Command& command, sql::Transaction& tx,
                          const account::Tiers& tiers) {
  const std::int64_t position = read_position(queue::take_mark(tx, mark_name));
  const audit::Events events = audit::events_after(tx, position, events_a_round);
  if (events.next <= position) {
    return 0;
  }
  std::map<AccountId, std::vector<SkuId>> doers;
  for (const audit::Event& event : events.items) {
    if (std::optional<Doing> doing = read_deed(tx, Told(event.body))) {
      account::add(tx, doing->account_id, doing->deed);
      std::vector<SkuId>& bought = doers[doing->account_id];
      bought.insert(bought.end(), doing->deed.skus.begin(), doing->deed.skus.end());
    }
  }
  for (const auto& [id, bought] : doers) {
    const account::TierPlan plan = account::decide_reached(
        account::read_tier(tx, id), tiers,
        account::read_deeds(tx, tiers, id, bought, command.now_ms()), id, command.now_ms());
    account::apply(tx, plan);
    command.record(tx, plan.entries);
  }
  const std::string next = std::to_string(events.next);
  queue::set_mark(tx, mark_name, Bytes(next.begin(), next.end()));
  return events.next - position;
}

}  // namespace kameng::engine
