// import_job.cpp - see import_job.hpp.
#include "vault/import_job.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>

#include "vault/code_store.hpp"
#include "vault/vault_sql.hpp"

namespace kameng::vault {
namespace {

constexpr int rows_between_looks = 32;  // at the clock
constexpr std::size_t lookups_per_read = 2000;
constexpr int rows_per_change = 256;  // codes that change state in one statement
constexpr std::size_t detail_lines_max = 100;
// Files from this size on go in sorted by blind index: neighbours in the index share its pages, so
// that a slice writes a fraction of them. Smaller ones are sold in the order of their lines.
constexpr std::size_t sorted_from = 1000;

std::string print_lines(const std::vector<std::int64_t>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < detail_lines_max; ++i) {
    text += (i > 0 ? "," : "") + std::to_string(lines[i]);
  }
  return text;
}

Error duplicate(std::int64_t count, const std::vector<std::int64_t>& lines) {
  return Error{Status::failed_precondition, "code.duplicate",
               "Some of the codes are there already, so none was imported."}
      .detail("duplicates", std::to_string(count))
      .detail("lines", print_lines(lines));
}

}  // namespace

std::optional<BatchFacts> find_batch_facts(sql::Transaction& tx, const BatchId& batch) {
  sql::Rows rows = tx.query(find_batch, batch);
  if (!rows.next()) {
    return std::nullopt;
  }
  return BatchFacts{rows.id<SkuId>(0), rows.blob(1), rows.int64(2)};
}

std::optional<Error> refusal_of(const ImportFacts& facts, const code::Import& request) {
  if (!facts.sku_exists) {
    return Error{Status::not_found, "sku.not_found", "There is no such sku."}.at("sku_id");
  }
  if (request.batch_id && !facts.batch) {
    return Error{Status::not_found, "batch.not_found", "There is no such batch."}.at("batch_id");
  }
  if (request.batch_id && facts.batch->sku_id != request.sku_id) {
    return Error{Status::failed_precondition, "batch.other_sku", "The batch is of another sku."}.at(
        "batch_id");
  }
  if (request.duplicates == code::Duplicates::reject && !request.dry_run && facts.duplicates > 0) {
    return duplicate(facts.duplicates, facts.duplicate_lines);
  }
  return std::nullopt;
}

ImportJob::ImportJob(command::Command& command, const code::Import& request, ParsedCodes parsed,
                     SliceBounds bounds)
    : command_(&command), request_(&request), parsed_(std::move(parsed)), bounds_(bounds) {
  std::vector<Candidate> all(parsed_.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {i, blind_of(command.keys(), parsed_.code(i))};
  }
  std::vector<std::size_t> by_blind(all.size());
  std::iota(by_blind.begin(), by_blind.end(), std::size_t{0});
  std::sort(by_blind.begin(), by_blind.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(all[a].blind, a) < std::tie(all[b].blind, b);
  });
  std::vector<bool> repeated(all.size());
  for (std::size_t i = 1; i < by_blind.size(); ++i) {
    repeated[by_blind[i]] = all[by_blind[i]].blind == all[by_blind[i - 1]].blind;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (repeated[i]) {
      ++duplicates_in_file_;
      lines_in_file_.push_back(parsed_.line(i));
    }
  }
  candidates_.reserve(all.size() - lines_in_file_.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t at = all.size() < sorted_from ? i : by_blind[i];
    if (!repeated[at]) {
      candidates_.push_back(all[at]);
    }
  }
}

Result<void> ImportJob::find_duplicates() {
  std::vector<const Candidate*> by_blind;  // neighbours share pages
  by_blind.reserve(candidates_.size());
  for (const Candidate& candidate : candidates_) {
    by_blind.push_back(&candidate);
  }
  std::sort(by_blind.begin(), by_blind.end(),
            [](const Candidate* a, const Candidate* b) { return a->blind < b->blind; });
  for (std::size_t from = 0; from < by_blind.size(); from += lookups_per_read) {
    const std::size_t to = std::min(from + lookups_per_read, by_blind.size());
    std::vector<std::int64_t> found;
    KAMENG_CHECK(command_->environment().database.read(
        command_->deadline(), [&](sql::Transaction& tx) -> Result<void> {
          found.clear();
          for (std::size_t i = from; i < to; ++i) {
            sql::Rows rows = tx.query(find_blind, by_blind[i]->blind, request_->sku_id);
            if (rows.next()) {
              found.push_back(parsed_.line(by_blind[i]->index));
            }
          }
          return {};
        }));
    lines_in_stock_.insert(lines_in_stock_.end(), found.begin(), found.end());
  }
  std::sort(lines_in_stock_.begin(), lines_in_stock_.end());
  return {};
}

Result<void> ImportJob::seal() {
  batch_id_ = request_->batch_id.value_or(command_->new_id<BatchId>());
  if (request_->batch_id) {
    std::optional<BatchFacts> facts;
    KAMENG_CHECK(command_->environment().database.read(command_->deadline(),
                                                       [&](sql::Transaction& tx) -> Result<void> {
                                                         facts = find_batch_facts(tx, batch_id_);
                                                         return {};
                                                       }));
    if (!facts || facts->sku_id != request_->sku_id) {
      return {};  // the first slice refuses
    }
    KAMENG_TRY(BatchKey key, BatchKey::open(command_->keys(), batch_id_, facts->sealed_key));
    batch_key_.emplace(std::move(key));
    first_ordinal_ = facts->next_ordinal;
  } else {
    batch_key_.emplace(BatchKey::draw(command_->random()));
    sealed_batch_key_ = batch_key_->sealed(command_->keys(), batch_id_, command_->random());
  }
  sealed_.reserve(candidates_.size());
  std::int64_t ordinal = first_ordinal_;
  for (const Candidate& candidate : candidates_) {
    sealed_.push_back(batch_key_->seal({batch_id_, ordinal++, request_->sku_id},
                                       parsed_.code(candidate.index), command_->random()));
  }
  return {};
}

ImportFacts ImportJob::read_facts(sql::Transaction& tx) const {
  ImportFacts facts;
  const std::optional<std::string> scope = command_->actor().scope(Permission::stock_manage);
  facts.sku_exists = sku_exists(tx, request_->sku_id, scope);
  if (request_->batch_id) {
    facts.batch = find_batch_facts(tx, *request_->batch_id);
    if (facts.batch && !sku_exists(tx, facts.batch->sku_id, scope)) {
      facts.batch.reset();  // somebody else's
    }
  }
  facts.duplicates = duplicates_in_file_ + static_cast<std::int64_t>(lines_in_stock_.size());
  std::merge(lines_in_file_.begin(), lines_in_file_.end(), lines_in_stock_.begin(),
             lines_in_stock_.end(), std::back_inserter(facts.duplicate_lines));
  return facts;
}

// A refusal goes through settle(), which is what has it stored under the key.
Error ImportJob::refuse(sql::Transaction& tx, Error refusal) {
  Result<code::Imported> refused = command_->settle<code::Imported>(
      tx, command::Decision<ImportPlan>::refuse(std::move(refusal)),
      [](const ImportPlan&) { return code::Imported{}; });
  return std::move(refused).error();
}

std::int64_t ImportJob::end_ordinal(const ImportProgress& at) const {
  return at.first_ordinal + static_cast<std::int64_t>(candidates_.size());
}

ImportProgress ImportJob::begin(sql::Transaction& tx, const ImportFacts& facts) {
  const auto count = static_cast<std::int64_t>(candidates_.size());
  ImportProgress at;
  at.batch_id = batch_id_;
  if (facts.batch) {
    at.first_ordinal = facts.batch->next_ordinal;
    tx.run_exactly(1, extend_batch, count, batch_id_, at.first_ordinal);
  } else {
    tx.run(insert_batch, batch_id_, request_->sku_id, sealed_batch_key_, count, command_->now_ms());
  }
  return at;
}

Result<const BatchKey*> ImportJob::key_of(sql::Transaction& tx, const BatchId& batch) {
  if (batch_key_ && batch == batch_id_) {
    return &*batch_key_;
  }
  if (!other_batch_key_ || other_batch_id_ != batch) {
    KAMENG_TRY(BatchKey key, BatchKey::open(command_->keys(), batch, sealed_batch_key(tx, batch)));
    other_batch_key_.emplace(std::move(key));
    other_batch_id_ = batch;
  }
  return &*other_batch_key_;
}

Result<void> ImportJob::insert(sql::Transaction& tx, ImportProgress& at, const Deadline& until) {
  const bool rejects = request_->duplicates == code::Duplicates::reject;
  const bool sealed_ahead = at.batch_id == batch_id_ && at.first_ordinal == first_ordinal_ &&
                            sealed_.size() == candidates_.size();
  KAMENG_TRY(const BatchKey* key, key_of(tx, at.batch_id));
  const std::int64_t before = at.imported;
  const auto count = static_cast<std::int64_t>(candidates_.size());
  const std::int64_t end = std::min(count, at.next + bounds_.rows);
  while (at.next < end && !tx.failed()) {
    const auto index = static_cast<std::size_t>(at.next);
    const Candidate& candidate = candidates_[index];
    const CodePlace place{at.batch_id, at.first_ordinal + at.next, request_->sku_id};
    const Bytes sealed_now =
        sealed_ahead ? Bytes()
                     : key->seal(place, parsed_.code(candidate.index), command_->random());
    const Bytes& sealed = sealed_ahead ? sealed_[index] : sealed_now;
    const std::int64_t inserted =
        tx.run_count(insert_code, place.sku_id, place.batch_id, place.ordinal, candidate.blind,
                     sealed, rejects ? 0 : 1);
    ++at.next;
    at.imported += inserted;
    if (inserted == 0 && rejects) {
      at.stage = ImportStage::take_back;
      at.duplicate_line = parsed_.line(candidate.index);
      return {};
    }
    at.duplicates += inserted == 0 ? 1 : 0;
    if (at.next % rows_between_looks == 0 && until.over()) {
      break;
    }
  }
  if (!rejects) {
    change_stock(tx, request_->sku_id, {at.imported - before, 0, 0});
  } else if (at.next == count) {
    at.stage = ImportStage::activate;
  }
  return {};
}

Result<std::optional<code::Imported>> ImportJob::slice(sql::Transaction& tx,
                                                       std::string& progress) {
  using Outcome = std::optional<code::Imported>;
  const Deadline until = Deadline::after_ms(bounds_.ms);
  std::optional<ImportProgress> at = ImportProgress::parse(progress);
  if (!at) {
    const ImportFacts facts = read_facts(tx);
    if (auto refusal = refusal_of(facts, *request_)) {
      return refuse(tx, std::move(*refusal));
    }
    at = begin(tx, facts);
  }
  const std::int64_t rows_end = at->next + bounds_.rows;
  bool done = false;
  while (!done && !tx.failed()) {
    switch (at->stage) {
      case ImportStage::insert:
        KAMENG_CHECK(insert(tx, *at, until));
        done = at->stage == ImportStage::insert &&
               at->next == static_cast<std::int64_t>(candidates_.size());
        break;
      case ImportStage::activate: {
        const std::int64_t changed = tx.run_count(activate_codes, at->batch_id, at->first_ordinal,
                                                  end_ordinal(*at), rows_per_change);
        change_stock(tx, request_->sku_id, {changed, 0, 0});
        done = changed < rows_per_change;
        break;
      }
      case ImportStage::take_back:
        if (tx.run_count(take_back_codes, at->batch_id, at->first_ordinal, end_ordinal(*at),
                         rows_per_change) < rows_per_change) {
          return refuse(tx, duplicate(1, {at->duplicate_line}));
        }
        break;
    }
    if (!done && (until.over() || at->next >= rows_end)) {
      progress = at->text();
      return Outcome();
    }
  }
  KAMENG_TRY(code::Imported imported, finish(tx, *at));
  return Outcome(std::move(imported));
}

Result<code::Imported> ImportJob::finish(sql::Transaction& tx, const ImportProgress& at) {
  const std::int64_t duplicates = duplicates_in_file_ + at.duplicates;
  ImportPlan plan{{{.kind = "code.imported",
                    .subject = at.batch_id.text(),
                    .details = {{"batch", at.batch_id.text()},
                                {"sku", request_->sku_id.text()},
                                {"imported", at.imported},
                                {"duplicates", duplicates},
                                {"rejected", parsed_.rejected.total}}}}};
  return command_->settle<code::Imported>(
      tx, command::Decision<ImportPlan>::accept(std::move(plan)), [&](const ImportPlan&) {
        return code::Imported{at.batch_id, at.imported, duplicates, parsed_.rejected.first,
                              parsed_.rejected.total};
      });
}

Result<code::Imported> ImportJob::tell(sql::Transaction& tx) {
  const ImportFacts facts = read_facts(tx);
  if (auto refusal = refusal_of(facts, *request_)) {
    return refuse(tx, std::move(*refusal));
  }
  const bool rejects = request_->duplicates == code::Duplicates::reject;
  RejectedLines rejected = parsed_.rejected;
  if (rejects) {
    for (const std::int64_t line : lines_in_file_) {
      rejected.add(line, "line.duplicate_in_file");
    }
    for (const std::int64_t line : lines_in_stock_) {
      rejected.add(line, "line.duplicate_in_stock");
    }
    std::stable_sort(rejected.first.begin(), rejected.first.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
  }
  const auto fresh = static_cast<std::int64_t>(candidates_.size() - lines_in_stock_.size());
  return command_->settle<code::Imported>(
      tx, command::Decision<ImportPlan>::accept({}), [&](const ImportPlan&) {
        return code::Imported{request_->batch_id, rejects && facts.duplicates > 0 ? 0 : fresh,
                              facts.duplicates, rejected.first, rejected.total};
      });
}

}  // namespace kameng::vault
