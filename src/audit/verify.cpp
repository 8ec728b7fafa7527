// verify.cpp - one pass over the entries beside one over the checkpoints, with a hash per level of
// the tree in memory.
#include "audit/verify.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>

#include "audit/audit_sql.hpp"
#include "audit/checkpoint_row.hpp"
#include "audit/log.hpp"
#include "audit/tree.hpp"

namespace kameng::audit {
namespace {

// A run of due work places what was written before it; one that had too much to do may leave
// entries to the next, and the clock of the node that wrote them may be ahead.
constexpr std::int64_t unplaced_max_ms = 10 * 60'000;

// Of an entry_body(), which begins with it; 0 of anything else.
TimeMs written_at_ms(std::string_view body) {
  constexpr std::string_view begins = R"({"at_ms":)";
  TimeMs at_ms = 0;
  if (body.starts_with(begins)) {
    std::from_chars(body.data() + begins.size(), body.data() + body.size(), at_ms);
  }
  return at_ms;
}

// Rows of a table in the order of their first column, a page at a time: others are asked between
// them, so a driver holds what it was sent.
class Pages {
 public:
  Pages(sql::Transaction& tx, const sql::Statement& page) : tx_(&tx), page_(&page) {}

  [[nodiscard]] bool next() {
    while (!is_over_) {
      if (rows_ && rows_->next()) {
        const std::int64_t at = rows_->int64(0);
        ++read_;
        is_over_ = at == std::numeric_limits<std::int64_t>::max();
        from_ = is_over_ ? at : at + 1;
        return true;
      }
      if (rows_ && read_ < page_rows) {
        break;
      }
      rows_.reset();
      read_ = 0;
      rows_.emplace(tx_->query(*page_, from_, page_rows));
    }
    is_over_ = true;
    return false;
  }
  [[nodiscard]] sql::Rows& row() { return *rows_; }

 private:
  static constexpr std::int64_t page_rows = 500;

  sql::Transaction* tx_;
  const sql::Statement* page_;
  std::int64_t from_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t read_ = 0;  // of this page
  std::optional<sql::Rows> rows_;
  bool is_over_ = false;
};

constexpr auto tile_size = static_cast<std::size_t>(tile_hashes);

// A finding that keeps the first thing that was wrong and counts the rest.
class Blame {
 public:
  explicit Blame(std::string_view name) : name_(name) {}
  void add(std::string_view what, std::int64_t where) {
    if (count_++ == 0) {
      first_ = std::string(what) + " " + std::to_string(where);
    }
  }
  [[nodiscard]] Finding finding() const {
    return {name_, count_ == 0,
            count_ == 0 ? std::string() : std::to_string(count_) + " wrong, first: " + first_};
  }

 private:
  std::string_view name_;
  std::string first_;
  std::int64_t count_ = 0;
};

// Rebuilds the tiles from the leaf hashes and compares them with what is stored.
class TileCheck {
 public:
  TileCheck(sql::Transaction& tx, Blame& blame) : tx_(&tx), blame_(&blame) {
    sql::Rows rows = tx.query(tile_count);
    hashed_ = rows.next() ? rows.int64(0) : 0;
  }

  void append(const Hash& leaf) { append_at(0, leaf); }

  // After the last leaf: the tiles at the right edge, and whether there are others than these.
  void finish() {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (!levels_[level].edge.empty()) {
        compare(level);
      }
    }
    sql::Rows rows = tx_->query(verify_tiles);
    const std::int64_t stored = rows.next() ? rows.int64(0) : 0;
    if (stored != expected_tiles_) {
      blame_->add("number of tiles", stored);
    }
  }

 private:
  struct Level {
    std::int64_t tile = 0;        // the index of the tile at the edge
    std::vector<Hash> edge = {};  // its hashes so far
  };

  void append_at(std::size_t level, const Hash& hash) {
    if (levels_.size() <= level) {
      levels_.emplace_back();
    }
    levels_[level].edge.push_back(hash);
    if (levels_[level].edge.size() < tile_size) {
      return;
    }
    compare(level);
    const Hash root = root_of_complete(levels_[level].edge);
    levels_[level].edge.clear();
    ++levels_[level].tile;
    append_at(level + 1, root);
  }

  // How many hashes of the tile at the edge extend() has stored: on level 0 all or none.
  [[nodiscard]] std::size_t expected_hashes(std::size_t level) const {
    const std::int64_t tile = levels_[level].tile;
    if (level == 0) {
      return tile < hashed_ ? tile_size : 0;
    }
    std::int64_t total = hashed_;
    for (std::size_t i = 1; i < level; ++i) {
      total /= tile_hashes;
    }
    const std::int64_t in_tile = total - tile * tile_hashes;
    return in_tile <= 0 ? 0 : static_cast<std::size_t>(std::min(in_tile, tile_hashes));
  }

  void compare(std::size_t level) {
    const std::size_t expected = expected_hashes(level);
    if (expected == 0) {
      return;
    }
    ++expected_tiles_;
    const Level& at = levels_[level];
    sql::Rows rows = tx_->query(tile_select, static_cast<std::int64_t>(level), at.tile);
    const auto stored = rows.next() ? unpack_hashes(rows.blob_view(0)) : std::nullopt;
    const bool same = stored && stored->size() == expected && expected <= at.edge.size() &&
                      std::equal(stored->begin(), stored->end(), at.edge.begin());
    if (!same) {
      blame_->add("tile of level " + std::to_string(level) + ", index", at.tile);
    }
  }

  sql::Transaction* tx_;
  Blame* blame_;
  std::int64_t hashed_ = 0;  // complete tiles of level 0
  std::int64_t expected_tiles_ = 0;
  std::vector<Level> levels_;
};

// Walks the stored checkpoints, smallest first, as the log grows under it.
class CheckpointCheck {
 public:
  CheckpointCheck(sql::Transaction& tx, Blame& blame, std::string_view origin,
                  const crypto::PublicKey& key)
      : blame_(&blame), origin_(origin), key_(&key), rows_(tx, verify_checkpoints) {
    advance();
  }

  void at(const Frontier& log) {
    while (has_row_ && rows_.row().int64(0) == static_cast<std::int64_t>(log.size())) {
      const auto stored = read_checkpoint(rows_.row());
      const auto head = stored ? open_note(stored->note, origin_, *key_) : std::nullopt;
      const Hash root = log.root();
      if (!head || stored->root != root || head->root != root || head->size != log.size()) {
        blame_->add("checkpoint of size", rows_.row().int64(0));
      }
      advance();
    }
  }

  // Checkpoints of more entries than there are: the log was cut.
  void finish() {
    for (; has_row_; advance()) {
      blame_->add("entries are missing for the checkpoint of size", rows_.row().int64(0));
    }
  }

 private:
  void advance() { has_row_ = rows_.next(); }

  Blame* blame_;
  std::string_view origin_;
  const crypto::PublicKey* key_;
  Pages rows_;
  bool has_row_ = false;
};

}  // namespace

std::vector<Finding> verify(sql::Transaction& tx, std::string_view origin,
                            const crypto::PublicKey& key, TimeMs due_run_ms) {
  Blame positions("audit.positions");
  Blame tiles("audit.tiles");
  Blame checkpoints("audit.checkpoints");
  {
    TileCheck tile_check(tx, tiles);
    CheckpointCheck checkpoint_check(tx, checkpoints, origin, key);
    Frontier log;
    checkpoint_check.at(log);
    Pages entries(tx, verify_entries);
    std::int64_t position = 0;
    while (entries.next()) {
      const sql::Rows& rows = entries.row();
      if (rows.int64(0) != ++position) {
        positions.add("position", rows.int64(0));
        position = rows.int64(0);
      }
      const Hash leaf = leaf_hash(as_bytes(rows.text_view(1)));
      tile_check.append(leaf);
      log.append(leaf);
      checkpoint_check.at(log);
    }
    tile_check.finish();
    checkpoint_check.finish();
  }
  if (!tx.is_only_writer()) {
    sql::Rows rows = tx.query(verify_unplaced);
    if (rows.next() && written_at_ms(rows.text_view(1)) < due_run_ms - unplaced_max_ms) {
      positions.add("no position yet, of the entry with the id", rows.int64(0));
    }
  }
  return {positions.finding(), tiles.finding(), checkpoints.finding()};
}

}  // namespace kameng::audit
