// reveal_codes.cpp - a customer reads the delivered codes. Every answer has its own audit entry, a
// repetition too, and plaintext exists only after the commit that holds the entry.

#include <map>
#include <utility>

#include "order/access.hpp"
#include "order/order_service.hpp"
#include "vault/code_store.hpp"
#include "vault/unsealer.hpp"

namespace kameng::order {
namespace {

// What leaves the phase: sealed codes and the sealed keys of their batches.
struct SealedCodes {
  std::vector<vault::SealedCode> codes;
  std::map<BatchId, Bytes> batch_keys;
};

struct RevealPlan {
  std::vector<audit::Entry> entries;
  SealedCodes sealed;
};

command::Decision<RevealPlan> decide(const Result<Order>& order, SealedCodes sealed,
                                     std::string_view actor) {
  using Decision = command::Decision<RevealPlan>;
  if (!order.ok()) {
    return Decision::refuse(order.error());
  }
  if (order->status != OrderStatus::delivered) {
    return Decision::refuse(
        Error{Status::failed_precondition, "order.not_delivered",
              "The codes of this order are not delivered. order.explain says what it waits for."}
            .at("order_id")
            .with(Retry::later)
            .detail("status", order_status_name(order->status)));
  }
  RevealPlan plan;
  plan.entries.push_back(
      {.kind = "code.revealed",
       .subject = order->id.text(),
       .details = {{"codes", std::ssize(sealed.codes)}, {"reader", std::string(actor)}},
       .published = true});
  plan.sealed = std::move(sealed);
  return Decision::accept(std::move(plan));
}

SealedCodes read_sealed(sql::Transaction& tx, const OrderId& id) {
  SealedCodes sealed;
  sealed.codes = vault::sold_to(tx, id);
  for (const vault::SealedCode& code : sealed.codes) {
    if (!sealed.batch_keys.contains(code.batch_id)) {
      sealed.batch_keys.emplace(code.batch_id, vault::sealed_batch_key(tx, code.batch_id));
    }
  }
  return sealed;
}

}  // namespace

Result<code::Revealed> OrderService::reveal(command::Command& command,
                                            const code::Reveal& request) {
  command.repeatable();
  const std::string actor = command.actor().label();
  KAMENG_TRY(const SealedCodes sealed,
             command.phase<SealedCodes>([&](sql::Transaction& tx) -> Result<SealedCodes> {
               const Result<Order> order = find_visible(tx, command.actor(), command.keys(),
                                                        request.order_id, request.lookup_secret);
               SealedCodes found;
               if (order.ok() && order->status == OrderStatus::delivered) {
                 found = read_sealed(tx, request.order_id);
               }
               return command.settle<SealedCodes>(tx, decide(order, std::move(found), actor),
                                                  [&](const RevealPlan& plan) {
                                                    vault::mark_revealed(tx, request.order_id);
                                                    return plan.sealed;
                                                  });
             }));
  code::Revealed revealed{.order_id = request.order_id, .codes = {}};
  vault::Unsealer unsealer(command.keys());
  for (const vault::SealedCode& sealed_code : sealed.codes) {
    Result<SecretText> text =
        unsealer.open(sealed_code, sealed.batch_keys.at(sealed_code.batch_id));
    if (!text.ok()) {
      command.environment().refusals.count(actor, "code.reveal", text.error().reason,
                                           command.now_ms());
      for (code::RevealedCode& opened : revealed.codes) {
        wipe(opened.text);
      }
      return std::move(text).error();
    }
    revealed.codes.push_back({sealed_code.sku_id, std::string(text->view())});
  }
  return revealed;
}

}  // namespace kameng::order
