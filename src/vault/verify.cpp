// verify.cpp - what must be true of codes, asked of the rows themselves.
//
// One pass over the codes; a GROUP BY would sort all of them in memory. What is kept is a few
// numbers per sku and batch and one bit per code.
#include <map>
#include <string>

#include "vault/code_store.hpp"
#include "vault/vault_sql.hpp"

namespace kameng::vault {
namespace {

constexpr int examples_max = 5;

// What is wrong, counted, with the first few by name.
class Faults {
 public:
  void add(const std::string& example) {
    if (++count_ <= examples_max) {
      examples_ += (count_ > 1 ? ", " : "") + example;
    }
  }
  [[nodiscard]] Finding finding(std::string_view name) const {
    return count_ == 0 ? Finding{name}
                       : Finding{name, false, std::to_string(count_) + ": " + examples_};
  }

 private:
  std::int64_t count_ = 0;
  std::string examples_;
};

struct BatchSeen {
  SkuId sku_id;
  std::int64_t next_ordinal = 0;
  std::vector<bool> ordinals = {};
};

class CodePass {
 public:
  explicit CodePass(sql::Transaction& tx) {
    sql::Rows counts = tx.query(all_stock);
    while (counts.next()) {
      stock::Stock& sum = stock_[counts.id<SkuId>(0)];
      sum.available += counts.int64(1);
      sum.held += counts.int64(2);
      sum.sold += counts.int64(3);
    }
    sql::Rows batches = tx.query(all_batches);
    while (batches.next()) {
      batches_[batches.id<BatchId>(0)] = {batches.id<SkuId>(1), batches.int64(2)};
    }
    sql::Rows codes = tx.query(all_codes);
    while (codes.next()) {
      take(codes);
    }
  }

  [[nodiscard]] std::vector<Finding> findings() const {
    Faults counts;
    for (const auto& [sku, left] : stock_) {
      if (left.available != 0 || left.held != 0 || left.sold != 0) {
        counts.add(sku.text() + " off by " + std::to_string(left.available) + "/" +
                   std::to_string(left.held) + "/" + std::to_string(left.sold));
      }
    }
    return {counts.finding("vault.stock_counts_match"),
            owners_.finding("vault.codes_have_one_owner"),
            ordinals_.finding("vault.ordinals_are_unique"),
            batch_faults_.finding("vault.codes_fit_their_batch")};
  }

 private:
  void take(const sql::Rows& row) {
    const auto sku = row.id<SkuId>(1);
    const std::int64_t status = row.int64(4);
    const bool owned = row.int64(5) != 0;
    const bool nobodys = row.int64(6) != 0;
    stock::Stock& left = stock_[sku];
    switch (status) {
      case 0:
        break;
      case 1:
        --left.available;
        break;
      case 2:
        --left.held;
        break;
      default:
        --left.sold;
        break;
    }
    if (status < 0 || status > 4 || (status >= 2 ? !owned : !nobodys)) {
      owners_.add("code " + std::to_string(row.int64(0)));
    }
    place(row, sku);
  }

  void place(const sql::Rows& row, const SkuId& sku) {
    const std::int64_t ordinal = row.int64(3);
    const auto found = batches_.find(row.id<BatchId>(2));
    if (found == batches_.end() || found->second.sku_id != sku || ordinal < 0 ||
        ordinal >= found->second.next_ordinal) {
      batch_faults_.add("code " + std::to_string(row.int64(0)));
      return;
    }
    std::vector<bool>& seen = found->second.ordinals;
    const auto index = static_cast<std::size_t>(ordinal);
    if (index >= seen.size()) {
      seen.resize(index + 1);
    }
    if (seen[index]) {
      ordinals_.add(found->first.text() + " " + std::to_string(ordinal));
    }
    seen[index] = true;
  }

  std::map<SkuId, stock::Stock> stock_;
  std::map<BatchId, BatchSeen> batches_;
  Faults owners_;
  Faults ordinals_;
  Faults batch_faults_;
};

}  // namespace

std::vector<Finding> verify(sql::Transaction& tx) {
  return CodePass(tx).findings();
}

}  // namespace kameng::vault
