// tree.hpp - the Merkle tree over the stored entries, in tiles of 256 hashes.
//
// Tile (level, i) holds the nodes of tree level 8 * level from i * 256 on. Tiles of level 0 are
// stored when they are complete; those above grow by one hash per tile below them, so a proof reads
// at most two tiles per level and the bodies of at most 255 entries, the right edge.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "audit/merkle.hpp"
#include "sql/transaction.hpp"

namespace kameng::audit {

inline constexpr std::int64_t tile_hashes = 256;

// Hashes up to `entries_max` entries (at least one tile of them) into tiles. True when more wait. A
// job and checkpoint()'s caller run it in slices; appending an entry never touches the tree.
[[nodiscard]] bool extend(sql::Transaction& tx, std::int64_t entries_max);

// Of the tree of the first `size` entries; nothing for a size beyond the log.
[[nodiscard]] std::optional<Hash> root_at(sql::Transaction& tx, std::uint64_t size);

// For the leaf `index` (the position minus 1) in the tree of `size`; nothing when index >= size or
// size is beyond the log.
[[nodiscard]] std::optional<std::vector<Hash>> prove_inclusion(sql::Transaction& tx,
                                                               std::uint64_t index,
                                                               std::uint64_t size);
// That the tree of `to` continues the tree of `from`; nothing when from > to or `to` is beyond the
// log.
[[nodiscard]] std::optional<std::vector<Hash>> prove_consistency(sql::Transaction& tx,
                                                                 std::uint64_t from,
                                                                 std::uint64_t to);

// A list of 32-byte hashes as it is stored, and back; nothing for another length.
[[nodiscard]] Bytes pack_hashes(std::span<const Hash> hashes);
[[nodiscard]] std::optional<std::vector<Hash>> unpack_hashes(ByteView bytes);
// The root over 1, 2, 4, ... 256 hashes.
[[nodiscard]] Hash root_of_complete(std::span<const Hash> hashes);

}  // namespace kameng::audit
