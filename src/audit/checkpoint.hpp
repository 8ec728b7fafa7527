// checkpoint.hpp - signed heads of the log: made, stored, and checked with public data alone.
//
// Whoever keeps a checkpoint can later ask for a consistency proof and see that nothing before it
// was changed; whoever keeps an entry can ask for an inclusion proof and see that it is still
// there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "audit/merkle.hpp"
#include "audit/note.hpp"
#include "base/clock.hpp"
#include "crypto/sign.hpp"
#include "sql/transaction.hpp"

namespace kameng::audit {

// Who signs. `origin` names the log and the key (is_note_name); `sign` is the key ring's, and has
// no other effect.
struct Signer {
  std::string origin;
  crypto::PublicKey key{};
  std::function<crypto::Signature(ByteView)> sign;
};

struct Checkpoint {
  std::uint64_t size = 0;
  Hash root{};
  TimeMs at_ms = 0;
  std::string note;  // the signed text, see note.hpp
};

// The head of the log as it is now, signed and stored; when the log has not grown, the checkpoint
// there already is. The caller runs extend() until it has nothing to do first, in transactions of
// its own, so that this one stays short.
[[nodiscard]] Checkpoint checkpoint(sql::Transaction& tx, const Signer& signer, TimeMs now_ms);

[[nodiscard]] std::optional<Checkpoint> latest_checkpoint(sql::Transaction& tx);
[[nodiscard]] std::optional<Checkpoint> checkpoint_of(sql::Transaction& tx, std::uint64_t size);

// For those outside, from public data: does this body stand at `position` (from 1) of the log that
// the note vouches for?
struct EntryClaim {
  std::string_view body;
  std::int64_t position = 0;
  std::string_view note;
};
[[nodiscard]] bool verify_entry(const EntryClaim& claim, std::span<const Hash> proof,
                                std::string_view origin, const crypto::PublicKey& key);
// Does the log of the later note continue that of the earlier one?
[[nodiscard]] bool verify_notes(std::string_view earlier, std::string_view later,
                                std::span<const Hash> proof, std::string_view origin,
                                const crypto::PublicKey& key);

}  // namespace kameng::audit
