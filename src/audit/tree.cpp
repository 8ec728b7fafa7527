// tree.cpp - tiles: writing them behind the log, reading nodes from them.
#include "audit/tree.hpp"

#include <algorithm>
#include <string>

#include "audit/audit_sql.hpp"
#include "audit/log.hpp"
#include "audit/sequencer.hpp"

namespace kameng::audit {
namespace {

constexpr int tile_levels = 8;  // 2^8 hashes in a tile

using Hashes = std::vector<Hash>;

void fail_corrupt(sql::Transaction& tx, const Statement& statement) {
  tx.fail({sql::Fault::corrupt, std::string(statement.name)});
}

// The stored tile; empty when there is none.
Hashes load_tile(sql::Transaction& tx, int level, std::int64_t index) {
  sql::Rows rows = tx.query(tile_select, level, index);
  if (!rows.next()) {
    return {};
  }
  auto hashes = unpack_hashes(rows.blob_view(0));
  if (!hashes) {
    fail_corrupt(tx, tile_select);
    return {};
  }
  return *std::move(hashes);
}

// The leaf hashes of tile `index` of level 0, as far as the log goes.
Hashes hash_entries(sql::Transaction& tx, std::int64_t index) {
  const std::int64_t first = index * tile_hashes + 1;
  Hashes hashes;
  sql::Rows rows = tx.query(entry_range, first, first + tile_hashes - 1);
  while (rows.next()) {
    if (rows.int64(0) != first + static_cast<std::int64_t>(hashes.size())) {
      fail_corrupt(tx, entry_range);  // a position is missing
      return {};
    }
    hashes.push_back(leaf_hash(as_bytes(rows.text_view(1))));
  }
  return hashes;
}

// Puts the root of a tile that has just been completed into the tile above.
void grow(sql::Transaction& tx, int level, std::int64_t index, const Hash& hash) {
  const std::int64_t tile = index / tile_hashes;
  Hashes hashes = load_tile(tx, level, tile);
  if (static_cast<std::int64_t>(hashes.size()) != index % tile_hashes) {
    fail_corrupt(tx, tile_select);
    return;
  }
  hashes.push_back(hash);
  tx.run(tile_save, level, tile, pack_hashes(hashes));
  if (static_cast<std::int64_t>(hashes.size()) == tile_hashes) {
    grow(tx, level + 1, tile, root_of_complete(hashes));
  }
}

class StoredTree final : public NodeSource {
 public:
  explicit StoredTree(sql::Transaction& tx) : tx_(&tx) {}

  Hash node(int level, std::uint64_t index) override {
    const int tile_level = level / tile_levels;
    const int inside = level % tile_levels;
    const auto first = static_cast<std::int64_t>(index << inside);
    Hashes hashes;
    for (std::int64_t i = first; i < first + (std::int64_t{1} << inside); ++i) {
      hashes.push_back(hash_in_tile(tile_level, i));
    }
    return root_of_complete(hashes);
  }

 private:
  Hash hash_in_tile(int level, std::int64_t index) {
    if (tx_->failed()) {
      return {};
    }
    const Hashes& hashes = tile(level, index / tile_hashes);
    const auto offset = static_cast<std::size_t>(index % tile_hashes);
    if (offset < hashes.size()) {
      return hashes[offset];
    }
    if (level == 0) {
      fail_corrupt(*tx_, entry_range);
      return {};
    }
    // extend() is behind: the entries below are hashed on the way.
    Hashes below;
    for (std::int64_t i = 0; i < tile_hashes; ++i) {
      below.push_back(hash_in_tile(level - 1, index * tile_hashes + i));
    }
    return root_of_complete(below);
  }

  const Hashes& tile(int level, std::int64_t index) {
    const auto [place, is_new] = tiles_.try_emplace({level, index});
    if (is_new) {
      place->second = load_tile(*tx_, level, index);
      if (place->second.empty() && level == 0) {
        place->second = hash_entries(*tx_, index);
      }
    }
    return place->second;
  }

  sql::Transaction* tx_;
  std::map<std::pair<int, std::int64_t>, Hashes> tiles_;  // what one proof touches: a few
};

bool is_beyond(sql::Transaction& tx, std::uint64_t count) {
  return count > static_cast<std::uint64_t>(size(tx));
}

}  // namespace

bool extend(sql::Transaction& tx, std::int64_t entries_max) {
  if (!lock_head(tx)) {
    return false;
  }
  const std::int64_t complete = size(tx) / tile_hashes;
  std::int64_t next = 0;
  {
    sql::Rows rows = tx.query(tile_count);
    next = rows.next() ? rows.int64(0) : 0;
  }
  const std::int64_t slice = std::max<std::int64_t>(entries_max / tile_hashes, 1);
  const std::int64_t end = std::min(complete, next + slice);
  if (next < end) {
    take_turn(tx);
  }
  for (; next < end && !tx.failed(); ++next) {
    const Hashes hashes = hash_entries(tx, next);
    if (static_cast<std::int64_t>(hashes.size()) != tile_hashes) {
      fail_corrupt(tx, entry_range);
      return false;
    }
    tx.run(tile_save, 0, next, pack_hashes(hashes));
    grow(tx, 1, next, root_of_complete(hashes));
  }
  return !tx.failed() && next < complete;
}

std::optional<Hash> root_at(sql::Transaction& tx, std::uint64_t count) {
  if (is_beyond(tx, count)) {
    return std::nullopt;
  }
  StoredTree tree(tx);
  return root_of(tree, count);
}

std::optional<std::vector<Hash>> prove_inclusion(sql::Transaction& tx, std::uint64_t index,
                                                 std::uint64_t count) {
  if (index >= count || is_beyond(tx, count)) {
    return std::nullopt;
  }
  StoredTree tree(tx);
  return inclusion_proof(tree, index, count);
}

std::optional<std::vector<Hash>> prove_consistency(sql::Transaction& tx, std::uint64_t from,
                                                   std::uint64_t to) {
  if (from > to || is_beyond(tx, to)) {
    return std::nullopt;
  }
  StoredTree tree(tx);
  return consistency_proof(tree, from, to);
}

Bytes pack_hashes(std::span<const Hash> hashes) {
  Bytes bytes;
  bytes.reserve(hashes.size() * sizeof(Hash));
  for (const Hash& hash : hashes) {
    bytes.insert(bytes.end(), hash.begin(), hash.end());
  }
  return bytes;
}

std::optional<std::vector<Hash>> unpack_hashes(ByteView bytes) {
  if (bytes.size() % sizeof(Hash) != 0) {
    return std::nullopt;
  }
  std::vector<Hash> hashes(bytes.size() / sizeof(Hash));
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const ByteView one = bytes.subspan(i * sizeof(Hash), sizeof(Hash));
    std::copy(one.begin(), one.end(), hashes[i].begin());
  }
  return hashes;
}

Hash root_of_complete(std::span<const Hash> hashes) {
  std::vector<Hash> level(hashes.begin(), hashes.end());
  while (level.size() > 1) {
    for (std::size_t i = 0; i < level.size() / 2; ++i) {
      level[i] = node_hash(level[2 * i], level[2 * i + 1]);
    }
    level.resize(level.size() / 2);
  }
  return level.front();
}

}  // namespace kameng::audit
