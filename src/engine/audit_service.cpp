#include "engine/audit_service.hpp"

#include <utility>

#include "audit/log.hpp"
#include "audit/note.hpp"
#include "audit/sequencer.hpp"
#include "audit/tree.hpp"

namespace kameng::engine {
namespace {

constexpr int entries_a_slice = 4096;

audit::CheckpointView view_of(const audit::Checkpoint& checkpoint, const audit::Signer& signer) {
  return {.size = static_cast<std::int64_t>(checkpoint.size),
          .root = to_base64(checkpoint.root),
          .at_ms = checkpoint.at_ms,
          .note = checkpoint.note,
          .verifier_key = audit::print_verifier_key(signer.origin, signer.key)};
}

// The name and key in "name+hash+base64(0x01 || key)" (c2sp.org/signed-note).
struct VerifierKey {
  std::string name;
  crypto::PublicKey key{};
};

std::optional<VerifierKey> parse_verifier_key(const std::string& text) {
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string::npos ? first : text.find('+', first + 1);
  if (second == std::string::npos) {
    return std::nullopt;
  }
  VerifierKey parsed{.name = text.substr(0, first)};
  const auto bytes = from_base64(std::string_view(text).substr(second + 1));
  if (!bytes || bytes->size() != parsed.key.size() + 1 || bytes->front() != 1) {
    return std::nullopt;
  }
  std::copy(bytes->begin() + 1, bytes->end(), parsed.key.begin());
  // Printing it again checks the key hash in the middle.
  return audit::print_verifier_key(parsed.name, parsed.key) == text ? std::optional(parsed)
                                                                    : std::nullopt;
}

Result<std::vector<audit::Hash>> read_proof(const std::vector<std::string>& texts) {
  std::vector<audit::Hash> proof;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto bytes = from_base64(texts[i]);
    if (!bytes || bytes->size() != audit::Hash{}.size()) {
      return Error{Status::invalid_argument, "audit.proof_malformed",
                   "A proof is a list of 32-byte hashes in base64."}
          .at("proof[" + std::to_string(i) + "]");
    }
    audit::Hash hash{};
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    proof.push_back(hash);
  }
  return proof;
}

std::vector<std::string> print_proof(const std::vector<audit::Hash>& proof) {
  std::vector<std::string> texts;
  for (const audit::Hash& hash : proof) {
    texts.push_back(to_base64(hash));
  }
  return texts;
}

Error not_in_log(std::string_view field) {
  return Error{Status::not_found, "audit.not_in_log", "The log has no such entry or size yet."}.at(
      field);
}

}  // namespace

Result<void> place_entries(const command::Call& call) {
  sql::Database& database = call.environment.database;
  bool more = database.dialect() != sql::Dialect::sqlite;
  while (more) {
    KAMENG_CHECK(database.write(call.deadline, [&](sql::Transaction& tx) -> Result<void> {
      more = audit::sequence(tx, entries_a_slice);
      return {};
    }));
  }
  return {};
}

Result<audit::CheckpointView> AuditService::checkpoint(command::Command& command,
                                                       const audit::MakeCheckpoint& /*request*/) {
  const keys::KeyRing& ring = command.keys();
  const audit::Signer signer{origin_, ring.public_key(),
                             [&ring](ByteView message) { return ring.sign(message); }};
  // Hashing is done in slices of its own transactions, so that the one that signs is short.
  KAMENG_CHECK(place_entries(command.call()));
  bool more = true;
  while (more) {
    KAMENG_CHECK(command.environment().database.write_alone(
        command.deadline(), [&](sql::Transaction& tx) -> Result<void> {
          more = audit::extend(tx, entries_a_slice);
          return {};
        }));
  }
  struct Plan {
    std::vector<audit::Entry> entries;
  };
  command.repeatable();
  return command.phase<audit::CheckpointView>(
      [&](sql::Transaction& tx) -> Result<audit::CheckpointView> {
        return command.settle<audit::CheckpointView>(
            tx, command::Decision<Plan>::accept({}), [&](const Plan&) {
              return view_of(audit::checkpoint(tx, signer, command.now_ms()), signer);
            });
      });
}

Result<audit::Proof> AuditService::prove(command::Query& query, const audit::Prove& request) {
  if (request.position.has_value() == request.from_size.has_value()) {
    return Error{Status::invalid_argument, "audit.ask_one", "Give either position or from_size."}
        .at("position");
  }
  std::int64_t size = 0;
  if (request.size) {
    size = *request.size;
  } else if (const auto latest = audit::latest_checkpoint(query.tx)) {
    size = static_cast<std::int64_t>(latest->size);
  } else {
    return Error{Status::failed_precondition, "audit.no_checkpoint",
                 "Make a checkpoint first: audit.checkpoint."};
  }
  if (size > audit::size(query.tx)) {
    return not_in_log("size");
  }
  audit::Proof answer;
  answer.size = size;
  const auto to = static_cast<std::uint64_t>(size);
  if (request.position) {
    auto proof =
        audit::prove_inclusion(query.tx, static_cast<std::uint64_t>(*request.position - 1), to);
    answer.entry = audit::body_at(query.tx, *request.position);
    if (!proof || !answer.entry) {
      return not_in_log("position");
    }
    answer.position = request.position;
    answer.proof = print_proof(*proof);
    return answer;
  }
  auto proof =
      audit::prove_consistency(query.tx, static_cast<std::uint64_t>(*request.from_size), to);
  if (!proof) {
    return not_in_log("from_size");
  }
  answer.from_size = request.from_size;
  answer.proof = print_proof(*proof);
  return answer;
}

Result<audit::Verdict> AuditService::verify(command::Query& /*query*/,
                                            const audit::Verify& request) {
  const bool inclusion = request.entry && request.position;
  const bool half = request.entry.has_value() != request.position.has_value();
  if (half || inclusion == request.earlier_note.has_value()) {
    return Error{Status::invalid_argument, "audit.ask_one",
                 "Give either entry and position, or earlier_note."}
        .at("entry");
  }
  KAMENG_TRY(const std::vector<audit::Hash> proof, read_proof(request.proof));
  const auto key = parse_verifier_key(request.verifier_key);
  if (!key) {
    return Error{Status::invalid_argument, "audit.key_malformed",
                 "verifier_key is not name+hash+key."}
        .at("verifier_key");
  }
  if (!audit::open_note(request.note, key->name, key->key)) {
    return audit::Verdict{false, "The checkpoint is not signed by this key."};
  }
  if (inclusion) {
    const bool ok = audit::verify_entry({*request.entry, *request.position, request.note}, proof,
                                        key->name, key->key);
    return audit::Verdict{ok, ok ? "The entry is in the log that the checkpoint signs."
                                 : "The entry is not in the log that the checkpoint signs."};
  }
  const bool ok =
      audit::verify_notes(*request.earlier_note, request.note, proof, key->name, key->key);
  return audit::Verdict{ok, ok ? "The later log continues the earlier one."
                               : "The later log does not continue the earlier one."};
}

}  // namespace kameng::engine
