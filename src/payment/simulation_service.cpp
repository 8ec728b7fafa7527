#include "payment/simulation_service.hpp"

#include "payment/calls.hpp"
#include "payment/payment_sql.hpp"
#include "payment/payment_store.hpp"

namespace kameng::payment {
namespace {

struct PayPlan {
  sandbox::SignedNotice notice;
  std::optional<Money> paid;
  std::vector<audit::Entry> entries;
};

Error no_sandbox() {
  return {Status::failed_precondition, "sandbox.disabled",
          "The sandbox provider is not enabled: providers.sandbox.enabled in the configuration."};
}

}  // namespace

Result<const Provider*> SimulationService::sandbox() const {
  const Provider* provider = providers_->find("sandbox");
  if (provider == nullptr) {
    return no_sandbox();
  }
  return provider;
}

Result<sandbox::SignedNotice> SimulationService::pay(command::Command& command,
                                                     const sandbox::Pay& request) {
  KAMENG_TRY(const Provider* provider, sandbox());
  if (request.amount && request.amount->amount <= 0) {
    return Error{Status::invalid_argument, "money.not_positive", "amount must be above 0."}.at(
        "amount");
  }
  const std::string event_id = "E" + command.new_id<PaymentId>().text().substr(4);
  return command.phase<sandbox::SignedNotice>(
      [&](sql::Transaction& tx) -> Result<sandbox::SignedNotice> {
        const auto id = payment_of(request.out_trade_no);
        const auto payment = id ? find(tx, *id) : std::nullopt;
        NoticeEvent event{
            .kind = request.outcome == "success" ? NoticeKind::paid : NoticeKind::closed,
            .event_id = event_id,
            .out_trade_no = request.out_trade_no,
            .provider_trade_no = "SB" + request.out_trade_no,
            .merchant = request.merchant.value_or(std::string(provider->merchant())),
            .amount = request.amount.value_or(payment ? payment->amount : Money{100, {}})};
        PayPlan plan;
        plan.notice = provider->simulate_notice(event).value_or(sandbox::SignedNotice{});
        if (event.kind == NoticeKind::paid) {
          plan.paid = event.amount;
        }
        return command.settle<sandbox::SignedNotice>(
            tx, command::Decision<PayPlan>::accept(std::move(plan)), [&](const PayPlan& settled) {
              if (settled.paid) {
                tx.run(put_simulated_trade, request.out_trade_no, settled.paid->amount,
                       settled.paid->currency.code());
              }
              return settled.notice;
            });
      });
}

Result<sandbox::Answered> SimulationService::answer(command::Query& query,
                                                    const sandbox::AnswerCall& request) {
  KAMENG_TRY(const Provider* provider, sandbox());
  const auto call = read_call(query.tx, request.call_id);
  if (!call || call->provider != provider->name()) {
    return Error{Status::not_found, "call.not_found", "No such call to the sandbox."}.at("call_id");
  }
  const Trade trade = call->trade;
  std::optional<Money> paid;
  if (auto rows = query.tx.query(find_simulated_trade, trade.out_trade_no); rows.next()) {
    paid = Money{rows.int64(0), Currency::parse(rows.text_view(1)).value_or(Currency{})};
  }
  return sandbox::Answered{
      provider->simulate_answer(call->action, trade, paid).value_or(HttpResponse{})};
}

}  // namespace kameng::payment
