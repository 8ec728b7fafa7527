// checkpoint.cpp - signing and storing heads of the log.
#include "audit/checkpoint.hpp"

#include "audit/audit_sql.hpp"
#include "audit/checkpoint_row.hpp"
#include "audit/log.hpp"
#include "audit/tree.hpp"

namespace kameng::audit {
namespace {

std::optional<Checkpoint> first_checkpoint(sql::Transaction& tx, sql::Rows rows) {
  if (!rows.next()) {
    return std::nullopt;
  }
  auto found = read_checkpoint(rows);
  if (!found) {
    tx.fail({sql::Fault::corrupt, "audit.checkpoint"});
  }
  return found;
}

}  // namespace

Checkpoint checkpoint(sql::Transaction& tx, const Signer& signer, TimeMs now_ms) {
  const auto count = static_cast<std::uint64_t>(size(tx));
  if (auto stored = checkpoint_of(tx, count)) {
    return *std::move(stored);
  }
  Checkpoint made;
  made.size = count;
  made.root = root_at(tx, count).value_or(Hash{});
  made.at_ms = now_ms;
  if (tx.failed()) {
    return {};  // the root is not one to sign
  }
  const std::string text = print_tree_head({signer.origin, made.size, made.root});
  made.note = print_note(text, signer.origin, signer.key, signer.sign(as_bytes(text)));
  tx.run(checkpoint_insert, static_cast<std::int64_t>(made.size), made.root, made.at_ms, made.note);
  return made;
}

std::optional<Checkpoint> latest_checkpoint(sql::Transaction& tx) {
  return first_checkpoint(tx, tx.query(checkpoint_latest));
}

std::optional<Checkpoint> checkpoint_of(sql::Transaction& tx, std::uint64_t count) {
  return first_checkpoint(tx, tx.query(checkpoint_select, static_cast<std::int64_t>(count)));
}

std::optional<Checkpoint> read_checkpoint(const sql::Rows& row) {
  const auto root = unpack_hashes(row.blob_view(1));
  if (!root || root->size() != 1) {
    return std::nullopt;
  }
  Checkpoint read;
  read.size = static_cast<std::uint64_t>(row.int64(0));
  read.root = root->front();
  read.at_ms = row.int64(2);
  read.note = row.text(3);
  return read;
}

bool verify_entry(const EntryClaim& claim, std::span<const Hash> proof, std::string_view origin,
                  const crypto::PublicKey& key) {
  const auto head = open_note(claim.note, origin, key);
  if (!head || claim.position < 1) {
    return false;
  }
  const Inclusion inclusion{leaf_hash(as_bytes(claim.body)),
                            static_cast<std::uint64_t>(claim.position - 1), head->size, head->root};
  return verify_inclusion(inclusion, proof);
}

bool verify_notes(std::string_view earlier, std::string_view later, std::span<const Hash> proof,
                  std::string_view origin, const crypto::PublicKey& key) {
  const auto from = open_note(earlier, origin, key);
  const auto to = open_note(later, origin, key);
  return from && to && verify_consistency({from->size, from->root, to->size, to->root}, proof);
}

}  // namespace kameng::audit
