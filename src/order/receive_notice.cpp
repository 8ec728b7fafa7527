// receive_notice.cpp - a provider's notice: verified, then read, then recorded with its effect in
// one transaction.

#include <optional>
#include <string>
#include <utility>

#include "crypto/hash.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"
#include "order/order_service.hpp"
#include "order/receive_money.hpp"
#include "queue/job.hpp"

namespace kameng::order {
namespace {

// What a job keeps of a verified notice whose effect failed.
struct DeferredNotice {
  std::string provider, merchant, event_id, out_trade_no, provider_trade_no, event_merchant;
  bool paid = false;
  Money amount;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("provider", &DeferredNotice::provider, "");
    f.required("merchant", &DeferredNotice::merchant, "");
    f.required("event_id", &DeferredNotice::event_id, "");
    f.required("out_trade_no", &DeferredNotice::out_trade_no, "");
    f.required("provider_trade_no", &DeferredNotice::provider_trade_no, "");
    f.required("event_merchant", &DeferredNotice::event_merchant, "");
    f.required("paid", &DeferredNotice::paid, "");
    f.required("amount", &DeferredNotice::amount, "");
  }
};

struct NoticePlan : MoneyPlan {
  payment::NoticeRecord record;
};

notice::Received answer(const payment::Provider& provider, bool received,
                        std::string_view outcome) {
  return {provider.acknowledge(received), std::string(outcome)};
}

Result<std::string> bytes_of(const std::string& body,
                             const std::optional<std::string>& body_base64) {
  if (!body_base64) {
    return body;
  }
  const auto decoded = from_base64(*body_base64);
  if (!decoded) {
    return Error{Status::invalid_argument, "field.base64", "body_base64 is not base64."}.at(
        "body_base64");
  }
  return std::string(as_text(*decoded));
}

// The phase that a notice and its deferred second try share.
Result<notice::Received> apply_event(command::Command& command, const payment::NoticeEvent& event,
                                     const std::string& provider, const std::string& merchant,
                                     const Bytes& digest) {
  IdPool ids(command.now_ms(), command.random());
  return command.phase<notice::Received>([&](sql::Transaction& tx) -> Result<notice::Received> {
    ids.rewind();
    const MoneyFacts facts = read_money_facts(tx, event, provider, merchant);
    NoticePlan plan{decide_money(facts, command.now_ms(), ids), {}};
    if (!facts.recorded) {
      plan.record = {provider, event.event_id,
                     facts.payment ? std::optional(facts.payment->id) : std::nullopt, plan.outcome,
                     digest};
    }
    return command.settle<notice::Received>(
        tx, command::Decision<NoticePlan>::accept(std::move(plan)), [&](const NoticePlan& settled) {
          apply(command, tx, facts.order ? &*facts.order : nullptr, settled);
          if (!facts.recorded) {
            payment::insert(tx, settled.record, command.now_ms());
          }
          return notice::Received{{}, settled.outcome};
        });
  });
}

// The effect failed for a reason of ours. The provider must not hear "try again" for ever, and the
// money is there: keep what the notice said and try the effect later.
Result<notice::Received> defer(command::Command& command, const payment::NoticeEvent& event,
                               const std::string& provider, const std::string& merchant,
                               const Error& why) {
  const DeferredNotice kept{.provider = provider,
                            .merchant = merchant,
                            .event_id = event.event_id,
                            .out_trade_no = event.out_trade_no,
                            .provider_trade_no = event.provider_trade_no,
                            .event_merchant = event.merchant,
                            .paid = event.kind == payment::NoticeKind::paid,
                            .amount = event.amount};
  const std::string args = json::to_text(kept);
  struct Plan {
    std::vector<audit::Entry> entries;
  };
  return command.phase<notice::Received>([&](sql::Transaction& tx) -> Result<notice::Received> {
    Plan plan;
    plan.entries.push_back(
        {.kind = "notice.deferred",
         .subject = provider + "/" + event.event_id,
         .details = {{"out_trade_no", event.out_trade_no}, {"reason", why.reason}}});
    return command.settle<notice::Received>(
        tx, command::Decision<Plan>::accept(std::move(plan)), [&](const Plan&) {
          queue::insert_job(tx,
                            {.kind = "notice.apply",
                             .args = args,
                             .run_at_ms = command.now_ms(),
                             .unique_key = "notice/" + provider + "/" + event.event_id},
                            command.now_ms());
          command.expect_due(command.now_ms());
          return notice::Received{{}, "deferred"};
        });
  });
}

}  // namespace

Result<notice::Received> OrderService::receive_notice(command::Command& command,
                                                      const notice::Receive& request) {
  const payment::Provider* provider = channel(request.provider);
  if (provider == nullptr) {
    return Error{Status::not_found, "provider.unknown", "No provider of this name is configured."}
        .at("provider");
  }
  KAMENG_TRY(const std::string body, bytes_of(request.body, request.body_base64));
  const auto authenticity = provider->verify_notice(request.headers, body, command.now_ms());
  if (authenticity != payment::Authenticity::verified) {
    const bool probe = authenticity == payment::Authenticity::probe;
    command.environment().refusals.count(
        command.context().ip.value_or(request.provider), "notice.receive",
        probe ? "notice.probe" : "notice.unverified", command.now_ms());
    return answer(*provider, false, probe ? "probe" : "unverified");
  }
  Result<payment::NoticeEvent> event = provider->read_notice(body);
  if (!event.ok()) {
    command.environment().log.write(LogLevel::error,
                                    "notice.receive: a verified notice cannot be read");
    return answer(*provider, false, "unreadable");
  }
  const auto digest = crypto::sha256(as_bytes(body));
  const std::string name(provider->name());
  const std::string merchant(provider->merchant());
  // Its key is the provider's event, and the notice's own row is where it is kept: a repetition
  // finds what came of it there.
  command.repeatable();
  Result<notice::Received> received =
      apply_event(command, *event, name, merchant, Bytes(digest.begin(), digest.end()));
  if (!received.ok() && received.error().status == Status::internal) {
    command.environment().log.write(LogLevel::error,
                                    "notice.receive: deferred after " + received.error().reason);
    received = defer(command, *event, name, merchant, received.error());
  }
  KAMENG_TRY(const notice::Received recorded, std::move(received));
  return answer(*provider, true, recorded.outcome);
}

Result<void> OrderService::apply_deferred_notice(command::Command& command, std::string_view args) {
  KAMENG_TRY(const json::Value value, json::parse(args, {}));
  KAMENG_TRY(const DeferredNotice kept, json::read<DeferredNotice>(value));
  const payment::NoticeEvent event{
      .kind = kept.paid ? payment::NoticeKind::paid : payment::NoticeKind::closed,
      .event_id = kept.event_id,
      .out_trade_no = kept.out_trade_no,
      .provider_trade_no = kept.provider_trade_no,
      .merchant = kept.event_merchant,
      .amount = kept.amount};
  const auto digest = crypto::sha256(as_bytes(args));
  KAMENG_CHECK(apply_event(command, event, kept.provider, kept.merchant,
                           Bytes(digest.begin(), digest.end())));
  return {};
}

}  // namespace kameng::order
