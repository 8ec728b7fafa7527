// import_job.hpp - one import of codes: prepared without a transaction, then carried out in slices
// of at most about 12 ms, so that a large file never keeps the trade waiting.
//
// With `skip`, each slice puts its codes on sale. With `reject`, codes wait in the state
// `imported`, for sale to nobody, until all are in; when one turns out to be there already, they
// are taken back, and nothing was imported. Where a job stands is a line of text that is kept with
// the idempotency key and committed with each slice, so the same call made again after a crash goes
// on from there, with the batch that the first one made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/vault.hpp>

#include "audit/entry.hpp"
#include "command/command.hpp"
#include "vault/code_parse.hpp"
#include "vault/code_seal.hpp"
#include "vault/code_store.hpp"

namespace kameng::vault {

// What stands in the database about the batch that an import continues.
struct BatchFacts {
  SkuId sku_id;
  Bytes sealed_key;
  std::int64_t next_ordinal = 0;
};
[[nodiscard]] std::optional<BatchFacts> find_batch_facts(sql::Transaction& tx,
                                                         const BatchId& batch);

// Everything the decision looks at.
struct ImportFacts {
  bool sku_exists = false;
  std::optional<BatchFacts> batch = {};  // only when the request names one
  std::int64_t duplicates = 0;
  std::vector<std::int64_t> duplicate_lines = {};  // the first of them
};
struct ImportPlan {
  std::vector<audit::Entry> entries;
};
// Pure. Every refusal of an import.
[[nodiscard]] std::optional<Error> refusal_of(const ImportFacts& facts,
                                              const code::Import& request);

// A code of the file that is the first of its kind there.
struct Candidate {
  std::size_t index = 0;  // in the parsed codes
  keys::BlindIndex blind{};
};

enum class ImportStage : std::uint8_t { insert, activate, take_back };

struct ImportProgress {
  ImportStage stage = ImportStage::insert;
  BatchId batch_id;
  std::int64_t first_ordinal = 0;
  std::int64_t next = 0;  // candidate
  std::int64_t imported = 0;
  std::int64_t duplicates = 0;      // in stock
  std::int64_t duplicate_line = 0;  // the one that refuses the import

  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<ImportProgress> parse(std::string_view text);
};

// How much one slice does before it lets the trade in; whichever is reached first.
struct SliceBounds {
  std::int64_t ms = 4;
  std::int64_t rows = 8192;
};

class ImportJob {
 public:
  ImportJob(command::Command& command, const code::Import& request, ParsedCodes parsed,
            SliceBounds bounds = {});

  // Looks every code up, in reads of bounded size: what `reject` and a dry run need to know.
  [[nodiscard]] Result<void> find_duplicates();
  // Draws or opens the batch key and seals every code.
  [[nodiscard]] Result<void> seal();
  // In the transaction of a slice. Nothing: there is more to do.
  [[nodiscard]] Result<std::optional<code::Imported>> slice(sql::Transaction& tx,
                                                            std::string& progress);
  // In the only phase of a dry run.
  [[nodiscard]] Result<code::Imported> tell(sql::Transaction& tx);

 private:
  [[nodiscard]] ImportFacts read_facts(sql::Transaction& tx) const;
  [[nodiscard]] ImportProgress begin(sql::Transaction& tx, const ImportFacts& facts);
  [[nodiscard]] Result<void> insert(sql::Transaction& tx, ImportProgress& at,
                                    const Deadline& until);
  [[nodiscard]] Result<const BatchKey*> key_of(sql::Transaction& tx, const BatchId& batch);
  [[nodiscard]] Result<code::Imported> finish(sql::Transaction& tx, const ImportProgress& at);
  [[nodiscard]] Error refuse(sql::Transaction& tx, Error refusal);
  [[nodiscard]] std::int64_t end_ordinal(const ImportProgress& at) const;

  command::Command* command_;
  const code::Import* request_;
  ParsedCodes parsed_;
  SliceBounds bounds_;
  std::vector<Candidate> candidates_;
  std::int64_t duplicates_in_file_ = 0;
  std::vector<std::int64_t> lines_in_file_;   // of duplicates, rising
  std::vector<std::int64_t> lines_in_stock_;  // of duplicates, rising

  // Sealed ahead, for the batch and the ordinals expected here. When a slice finds others (the call
  // is a repetition, or another import came between) it seals its codes itself.
  BatchId batch_id_;
  std::int64_t first_ordinal_ = 0;
  std::optional<BatchKey> batch_key_;
  Bytes sealed_batch_key_;
  std::vector<Bytes> sealed_;
  BatchId other_batch_id_;
  std::optional<BatchKey> other_batch_key_;
};

}  // namespace kameng::vault
