#include "engine/tier_review.hpp"

#include <charconv>
#include <map>
#include <string>
#include <utility>

#include "account/tier_service.hpp"
#include "audit/log.hpp"
#include "engine/event.hpp"
#include "order/deeds.hpp"
#include "queue/mark.hpp"

namespace kameng::engine {
namespace {

constexpr std::string_view mark_name = "tier.review";
constexpr int events_a_round = 200;

// Nothing when it is no number.
std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && stop == text.data() + text.size()
             ? std::optional<std::int64_t>(number)
             : std::nullopt;
}

std::string detail(const event::Item& event, const std::string& name) {
  const auto found = event.details.find(name);
  return found != event.details.end() ? found->second : std::string();
}

struct Doing {
  AccountId account_id;
  account::Deed deed;
};

// Whose deed the entry tells, and what it was; nothing when it tells none that counts.
std::optional<Doing> read_deed(sql::Transaction& tx, const event::Item& event) {
  if (event.kind == "wallet.credited" && detail(event, "source") == "bank" &&
      detail(event, "currency") == Currency{}.code()) {
    const std::optional<AccountId> id = AccountId::parse(event.subject);
    const std::optional<std::int64_t> amount = number_of(detail(event, "amount"));
    return id && amount ? std::optional<Doing>({*id, {event.at_ms, 0, *amount, {}}}) : std::nullopt;
  }
  const std::optional<OrderId> order =
      event.kind == "order.delivered" ? OrderId::parse(event.subject) : std::nullopt;
  std::optional<order::Bought> bought = order ? order::find_bought(tx, *order) : std::nullopt;
  if (!bought) {
    return std::nullopt;
  }
  const bool counts = bought->total.currency == Currency{};
  return Doing{bought->account_id,
               {event.at_ms, counts ? bought->total.amount : 0, 0, std::move(bought->skus)}};
}

}  // namespace

std::int64_t review_tiers(command::Command& command, sql::Transaction& tx,
                          const account::Tiers& tiers) {
  const Bytes mark = queue::take_mark(tx, mark_name);
  const std::optional<std::int64_t> marked =
      mark.empty() ? std::optional<std::int64_t>(0) : number_of(as_text(mark));
  if (!marked) {
    // From the beginning again, everything would count twice.
    tx.fail({sql::Fault::corrupt, std::string(mark_name)});
    return 0;
  }
  const std::int64_t position = *marked;
  const audit::Events events = audit::events_after(tx, position, events_a_round);
  if (events.next <= position) {
    return 0;
  }
  std::map<AccountId, std::vector<SkuId>> doers;
  for (const audit::Event& event : events.items) {
    const Result<event::Item> item = read_event(event);
    if (!item.ok()) {
      tx.fail({sql::Fault::corrupt, std::string(mark_name)});
      return 0;
    }
    if (std::optional<Doing> doing = read_deed(tx, *item)) {
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
