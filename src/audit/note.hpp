// note.hpp - a checkpoint as text: a C2SP signed note (c2sp.org/signed-note) whose body is a C2SP
// checkpoint (c2sp.org/tlog-checkpoint), signed with Ed25519. Pure: what is here takes public data
// only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "audit/merkle.hpp"
#include "crypto/sign.hpp"

namespace kameng::audit {

// What a checkpoint says: `origin` names the log, and is the name of its key as well.
struct TreeHead {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
};

// A name a key may have: not empty, no white space, no plus sign, printable ASCII.
[[nodiscard]] bool is_note_name(std::string_view name) noexcept;

// "origin\nsize\nbase64(root)\n": the text that is signed.
[[nodiscard]] std::string print_tree_head(const TreeHead& head);

// The text, an empty line, and the signature line.
[[nodiscard]] std::string print_note(std::string_view text, std::string_view name,
                                     const crypto::PublicKey& key,
                                     const crypto::Signature& signature);

// The text of a note that carries a valid signature by `key` under the name `name`; borrowed from
// the note. Signatures by others (witnesses) are passed over. Nothing for any other text.
[[nodiscard]] std::optional<std::string_view> signed_text(std::string_view note,
                                                          std::string_view name,
                                                          const crypto::PublicKey& key);

// The tree head that such a note says, when its origin is the name of the key.
[[nodiscard]] std::optional<TreeHead> open_note(std::string_view note, std::string_view name,
                                                const crypto::PublicKey& key);

// "name+hash+base64(0x01 || key)": how a verifier is told the key (the vkey of
// c2sp.org/signed-note).
[[nodiscard]] std::string print_verifier_key(std::string_view name, const crypto::PublicKey& key);

}  // namespace kameng::audit
