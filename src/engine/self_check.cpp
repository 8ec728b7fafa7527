#include "engine/self_check.hpp"

#include <string>
#include <utility>

#include "audit/verify.hpp"
#include "ledger/totals.hpp"
#include "order/verify.hpp"
#include "queue/job.hpp"
#include "sql/statement.hpp"
#include "vault/code_store.hpp"

namespace kameng::engine {
namespace {

// Each statement counts what must not be there.
struct Check {
  std::string_view name;
  sql::Statement faults;
};

constexpr Check checks[] = {
    {"order.covered_by_lines",
     {"verify.order_totals",
      "SELECT count(*) FROM {p}order o WHERE o.total <>"
      " (SELECT coalesce(sum(amount), 0) FROM {p}order_line l WHERE l.order_id = o.id)"}},
    {"order.delivered_has_its_codes",
     {"verify.delivered_codes",
      "SELECT count(*) FROM {p}order o WHERE o.status = 4 AND"
      " (SELECT sum(quantity) FROM {p}order_line l WHERE l.order_id = o.id) <>"
      " (SELECT count(*) FROM {p}code c WHERE c.order_id = o.id)"}},
    {"order.undelivered_has_sold_nothing",
     {"verify.unsold_codes",
      "SELECT count(*) FROM {p}code c JOIN {p}order o ON o.id = c.order_id"
      " WHERE o.status <> 4 AND c.status NOT IN (1, 2)"}},
    {"order.ended_holds_nothing",
     {"verify.ended_holds",
      "SELECT count(*) FROM {p}code c JOIN {p}order o ON o.id = c.order_id WHERE o.status IN (5, "
      "6)"}},
    {"code.has_an_order",
     {"verify.orphan_codes",
      "SELECT count(*) FROM {p}code c WHERE c.order_id IS NOT NULL AND NOT EXISTS"
      " (SELECT 1 FROM {p}order o WHERE o.id = c.order_id)"}},
    {"refund.in_transit_is_open",
     {"verify.refund_transit",
      "SELECT CASE WHEN"
      " (SELECT coalesce(sum(credit) - sum(debit), 0) FROM {p}entry WHERE account = 202) ="
      " (SELECT coalesce(sum(amount), 0) FROM {p}refund WHERE state IN (0, 1, 3, 4, 5))"
      " THEN 0 ELSE 1 END"}},
    {"payment.captured_once",
     {"verify.captured", "SELECT count(*) FROM {p}payment WHERE (state = 2) <> (captured > 0)"}},
    {"outbox.nothing_waits_forever",
     {"verify.outbox_dead", "SELECT count(*) FROM {p}outbox WHERE state = 'dead'"}},
    {"job.nothing_is_dead",
     {"verify.job_dead", "SELECT count(*) FROM {p}job WHERE state = 'dead'"}},
};

}  // namespace

std::vector<Finding> self_check(sql::Transaction& tx, const keys::KeyRing& keys,
                                std::string_view origin) {
  const TimeMs due_run_ms = queue::last_due_run(tx).value_or(0);
  std::vector<Finding> findings = ledger::verify(tx);
  for (std::vector<Finding> part : {vault::verify(tx), order::verify(tx),
                                    audit::verify(tx, origin, keys.public_key(), due_run_ms)}) {
    findings.insert(findings.end(), std::make_move_iterator(part.begin()),
                    std::make_move_iterator(part.end()));
  }
  for (const Check& check : checks) {
    auto rows = tx.query(check.faults);
    const std::int64_t faults = rows.next() ? rows.int64(0) : -1;
    findings.push_back({check.name, faults == 0, std::to_string(faults) + " faults"});
  }
  return findings;
}

}  // namespace kameng::engine
