#include "audit/log.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "audit/audit_schema.hpp"
#include "audit/checkpoint.hpp"
#include "audit/sequencer.hpp"
#include "audit/tree.hpp"
#include "audit/verify.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "support/raw_database.hpp"

namespace kameng::audit {
namespace {

using sql::Transaction;
using tests::RawDatabase;

const std::string origin = "shop.example/log";

Signer test_signer(std::uint8_t fill = 7) {
  const std::vector<std::uint8_t> seed(crypto::signing_seed_bytes, fill);
  auto key = std::make_shared<crypto::SigningKey>(SecretBytes(ByteView(seed)));
  return {origin, key->public_key(), [key](ByteView bytes) { return key->sign(bytes); }};
}

Entry entry_number(std::int64_t n) {
  return {"order.placed", "ord_" + std::to_string(n), {{"amount", n * 100}}, n % 3 != 0};
}

void append_one(Transaction& tx, const Entry& entry, std::string_view actor, TimeMs now_ms) {
  append(tx, {&entry, 1}, actor, now_ms);
}

// On servers entries get their positions later.
void place(Transaction& tx) {
  while (sequence(tx, 500)) {
  }
}

void fill(RawDatabase& db, std::int64_t count) {
  db.write([&](Transaction& tx) {
    for (std::int64_t n = 1; n <= count; ++n) {
      append_one(tx, entry_number(n), "host", 1000 + n);
    }
    place(tx);
    return true;
  });
}

void extend_fully(RawDatabase& db) {
  while (db.write([](Transaction& tx) { return extend(tx, 512); })) {
  }
}

std::vector<Hash> leaves_of(std::int64_t count) {
  std::vector<Hash> leaves;
  for (std::int64_t n = 1; n <= count; ++n) {
    leaves.push_back(leaf_hash(as_bytes(entry_body(entry_number(n), "host", 1000 + n))));
  }
  return leaves;
}

// roots[n] of the first n leaves.
std::vector<Hash> roots_of(const std::vector<Hash>& leaves) {
  Frontier frontier;
  std::vector<Hash> roots{frontier.root()};
  for (const Hash& leaf : leaves) {
    frontier.append(leaf);
    roots.push_back(frontier.root());
  }
  return roots;
}

std::string wrong(RawDatabase& db, const Signer& signer, TimeMs due_run_ms = 0) {
  const auto findings =
      db.write([&](Transaction& tx) { return verify(tx, origin, signer.key, due_run_ms); });
  REQUIRE(findings.size() == 3);
  std::string names;
  for (const Finding& finding : findings) {
    if (!finding.ok) {
      CHECK_FALSE(finding.detail.empty());
      names += std::string(finding.name) + ";";
    }
  }
  return names;
}

TEST_SUITE("audit") {
  // Goal: an entry is hashed as it stands, so its form is fixed.
  // Method: one entry with both kinds of details and characters that JSON escapes.
  TEST_CASE("an entry's body is canonical") {
    const Entry entry{
        "order.placed", "ord_1", {{"amount", std::int64_t{8500}}, {"note", std::string("a\"b\n")}}};
    CHECK(entry_body(entry, "acc_1", 1700000000000) ==
          R"({"at_ms":1700000000000,"actor":"acc_1","kind":"order.placed","subject":"ord_1",)"
          R"("details":{"amount":8500,"note":"a\"b\n"}})");
    CHECK(entry_body({"engine.opened", "", {}}, "system", 0) ==
          R"({"at_ms":0,"actor":"system","kind":"engine.opened","subject":"","details":{}})");
  }

  // Goal: positions count from 1 without a gap, also past a transaction that did not commit.
  // Method: two entries, a failed transaction with one, one more.
  TEST_CASE("positions are contiguous") {
    RawDatabase db({audit_schema});
    fill(db, 2);
    db.fail([](Transaction& tx) {
      append_one(tx, entry_number(9), "host", 1);
      tx.fail({sql::Fault::check});
    });
    db.write([](Transaction& tx) {
      append_one(tx, entry_number(3), "host", 1003);
      place(tx);
      CHECK(size(tx) == 3);
      CHECK(body_at(tx, 3) == entry_body(entry_number(3), "host", 1003));
      CHECK_FALSE(body_at(tx, 4).has_value());
      CHECK_FALSE(body_at(tx, 0).has_value());
      return true;
    });
  }

  // Goal: the entries of a command keep their order, however many go in one statement.
  // Method: from none to twenty at once, read back one by one.
  TEST_CASE("entries written at once stand in their order") {
    for (std::int64_t count = 0; count <= 20; ++count) {
      RawDatabase db({audit_schema});
      fill(db, 1);
      std::vector<Entry> entries;
      for (std::int64_t n = 2; n <= count + 1; ++n) {
        entries.push_back(entry_number(n));
      }
      db.write([&](Transaction& tx) {
        const std::int64_t before = tx.writes();
        append(tx, entries, "host", 1);
        CHECK(tx.writes() - before == (count + 5) / 6);
        place(tx);
        CHECK(size(tx) == count + 1);
        for (std::int64_t n = 2; n <= count + 1; ++n) {
          CHECK(body_at(tx, n) == entry_body(entry_number(n), "host", 1));
        }
        const Events events = events_after(tx, 1, 100);
        std::int64_t published = 0;
        for (const Entry& entry : entries) {
          published += entry.published ? 1 : 0;
        }
        CHECK(std::ssize(events.items) == published);
        return true;
      });
    }
  }

  // Goal: an entry stays as it was written, whatever code does.
  // Method: change and removal by plain SQL.
  TEST_CASE("entries and checkpoints cannot be changed or removed") {
    RawDatabase db({audit_schema});
    fill(db, 1);
    const Signer signer = test_signer();
    db.write([&](Transaction& tx) { return checkpoint(tx, signer, 1).size; });
    const sql::Statement changes[] = {
        {"test.1", "UPDATE {p}audit_entry SET body = '{}'"},
        {"test.2", "DELETE FROM {p}audit_entry"},
        {"test.3", "UPDATE {p}audit_checkpoint SET at_ms = 0"},
        {"test.4", "DELETE FROM {p}audit_checkpoint"},
    };
    for (const sql::Statement& change : changes) {
      CAPTURE(change.text);
      CHECK(db.fail([&](Transaction& tx) { tx.run(change); }).fault == sql::Fault::check);
    }
  }

  // Goal: a host that follows `next` sees every published entry once, in order, and no other.
  // Method: 50 entries, a third of them unpublished, in pages of every size; then a long stretch of
  // unpublished ones.
  TEST_CASE("the event feed gives each published entry once") {
    RawDatabase db({audit_schema});
    fill(db, 50);
    for (int limit = 1; limit <= 60; ++limit) {
      std::vector<std::int64_t> seen;
      Events page;
      do {
        page = db.write([&](Transaction& tx) { return events_after(tx, page.next, limit); });
        CHECK(static_cast<int>(page.items.size()) <= limit);
        for (const Event& event : page.items) {
          seen.push_back(event.position);
        }
      } while (page.more);
      REQUIRE(seen.size() == 34);
      CHECK(std::is_sorted(seen.begin(), seen.end()));
      CHECK(std::none_of(seen.begin(), seen.end(), [](std::int64_t n) { return n % 3 == 0; }));
      CHECK(page.next >= 50 - 1);
    }
    db.write([](Transaction& tx) {
      for (int n = 0; n < 100; ++n) {
        append_one(tx, {"audit.read", "x", {}, false}, "host", 1);
      }
      place(tx);
      const Events page = events_after(tx, 50, 5);
      CHECK(page.items.empty());
      CHECK(page.more);
      CHECK(page.next == 70);
      CHECK(events_after(tx, 50, 0).items.empty());
      return true;
    });
  }

  // Goal: proofs from stored tiles are right for every size, whether the tiles have caught up or
  // not. Method: 300 entries (a complete tile and a right edge). All inclusion proofs of every
  // seventh size and some of every size, all consistency proofs to the end; before and after
  // extend(), against roots computed beside them.
  TEST_CASE("proofs hold for all sizes up to 300") {
    constexpr std::int64_t count = 300;
    RawDatabase db({audit_schema});
    fill(db, count);
    const std::vector<Hash> leaves = leaves_of(count);
    const std::vector<Hash> roots = roots_of(leaves);
    for (const bool extended : {false, true}) {
      if (extended) {
        extend_fully(db);
      }
      db.write([&](Transaction& tx) {
        for (std::uint64_t to = 0; to <= count; ++to) {
          REQUIRE(root_at(tx, to) == roots[to]);
          const std::uint64_t stride = to % 7 == 0 && extended ? 1 : 61;
          for (std::uint64_t index = 0; index < to; index += stride) {
            const auto proof = prove_inclusion(tx, index, to);
            REQUIRE(proof.has_value());
            REQUIRE(verify_inclusion({leaves[index], index, to, roots[to]}, *proof));
          }
          const auto proof = prove_consistency(tx, to, count);
          REQUIRE(proof.has_value());
          REQUIRE(verify_consistency({to, roots[to], count, roots[count]}, *proof));
        }
        CHECK_FALSE(root_at(tx, count + 1).has_value());
        CHECK_FALSE(prove_inclusion(tx, count, count).has_value());
        CHECK_FALSE(prove_inclusion(tx, 0, count + 1).has_value());
        CHECK_FALSE(prove_consistency(tx, 2, 1).has_value());
        CHECK_FALSE(prove_consistency(tx, 1, count + 1).has_value());
        return true;
      });
    }
    CHECK(db.scans().empty());
  }

  // Goal: the upper tiles grow and complete as they should, and the check agrees with them at every
  // step. Method: a log of 65,536 + 300 entries, so that a tile of level 1 is complete and one of
  // level 2 begins; proofs across the seams.
  TEST_CASE("a log of two tile levels proves and verifies") {
    constexpr std::int64_t count = 65536 + 300;
    RawDatabase db({audit_schema});
    fill(db, count);
    const std::vector<Hash> leaves = leaves_of(count);
    const std::vector<Hash> roots = roots_of(leaves);
    const Signer signer = test_signer();
    REQUIRE(db.write([](Transaction& tx) { return extend(tx, 1000); }));
    CHECK(wrong(db, signer) == "");
    extend_fully(db);
    db.write([&](Transaction& tx) { return checkpoint(tx, signer, 1).size; });
    CHECK(wrong(db, signer) == "");
    db.write([&](Transaction& tx) {
      const auto last = static_cast<std::uint64_t>(count);
      for (const std::uint64_t to :
           {std::uint64_t{65535}, std::uint64_t{65536}, std::uint64_t{65793}, last}) {
        REQUIRE(root_at(tx, to) == roots[to]);
        for (const std::uint64_t from : {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{256},
                                         std::uint64_t{65000}, to - 1}) {
          CHECK(verify_inclusion({leaves[from], from, to, roots[to]},
                                 prove_inclusion(tx, from, to).value()));
          CHECK(verify_consistency({from, roots[from], to, roots[to]},
                                   prove_consistency(tx, from, to).value()));
        }
      }
      return true;
    });
  }

  // Goal: somebody with public data alone can check an entry and the history.
  // Method: two checkpoints, an inclusion and a consistency proof, and each of them spoiled.
  TEST_CASE("checkpoints vouch for entries and for each other") {
    RawDatabase db({audit_schema});
    const Signer signer = test_signer();
    fill(db, 20);
    const Checkpoint first =
        db.write([&](Transaction& tx) { return checkpoint(tx, signer, 5000); });
    CHECK(first.size == 20);
    const Checkpoint again =
        db.write([&](Transaction& tx) { return checkpoint(tx, signer, 6000); });
    CHECK(again.at_ms == 5000);
    CHECK(again.note == first.note);

    fill(db, 13);
    const Checkpoint second =
        db.write([&](Transaction& tx) { return checkpoint(tx, signer, 7000); });
    CHECK(second.size == 33);
    db.write([&](Transaction& tx) {
      CHECK(latest_checkpoint(tx)->note == second.note);
      CHECK(checkpoint_of(tx, 20)->note == first.note);
      CHECK_FALSE(checkpoint_of(tx, 21).has_value());
      const std::string body = body_at(tx, 8).value();
      auto path = prove_inclusion(tx, 7, 33).value();
      CHECK(verify_entry({body, 8, second.note}, path, origin, signer.key));
      CHECK_FALSE(verify_entry({body + " ", 8, second.note}, path, origin, signer.key));
      CHECK_FALSE(verify_entry({body, 9, second.note}, path, origin, signer.key));
      CHECK_FALSE(verify_entry({body, 0, second.note}, path, origin, signer.key));
      CHECK_FALSE(verify_entry({body, 8, first.note}, path, origin, signer.key));
      CHECK_FALSE(verify_entry({body, 8, second.note}, path, "other.example", signer.key));
      CHECK_FALSE(verify_entry({body, 8, second.note}, path, origin, test_signer(8).key));
      const auto history = prove_consistency(tx, 20, 33).value();
      CHECK(verify_notes(first.note, second.note, history, origin, signer.key));
      CHECK_FALSE(verify_notes(second.note, first.note, history, origin, signer.key));
      CHECK_FALSE(verify_notes(first.note, second.note, path, origin, signer.key));
      return true;
    });
    CHECK(wrong(db, signer) == "");
  }

  // Goal: an empty log has a head too, and the check is content with it.
  // Method: a checkpoint of nothing.
  TEST_CASE("an empty log can be signed and checked") {
    RawDatabase db({audit_schema});
    const Signer signer = test_signer();
    const Checkpoint head = db.write([&](Transaction& tx) { return checkpoint(tx, signer, 1); });
    CHECK(head.size == 0);
    CHECK(head.root == empty_root());
    CHECK(wrong(db, signer) == "");
  }
}

// A log of 600 entries, two complete tiles and an edge, signed at 300 and 600, whose triggers are
// gone.
struct Damaged {
  RawDatabase db{audit_schema};
  Signer signer = test_signer();
  Damaged() {
    fill(db, 300);
    db.write([&](Transaction& tx) { return checkpoint(tx, signer, 1).size; });
    fill(db, 300);
    extend_fully(db);
    db.write([&](Transaction& tx) { return checkpoint(tx, signer, 2).size; });
    REQUIRE(wrong(db, signer) == "");
    db.damage(
        "DROP TRIGGER t_audit_entry_no_update; DROP TRIGGER t_audit_entry_no_delete;"
        "DROP TRIGGER t_audit_checkpoint_no_update; DROP TRIGGER t_audit_checkpoint_no_delete;");
  }
  std::string after(std::string_view script) {
    db.damage(script);
    return wrong(db, signer);
  }
};

TEST_SUITE("audit") {
  // Goal: whoever changes the log with the file in hand is found out.
  // Method: one damage per log, and the name of the finding it belongs to.
  TEST_CASE("the check finds a changed body in the tiles and in the checkpoints after it") {
    CHECK(Damaged().after(
              "UPDATE t_audit_entry SET body = replace(body, '100', '900') WHERE position = 1") ==
          "audit.tiles;audit.checkpoints;");
    CHECK(Damaged().after("UPDATE t_audit_entry SET body = body || ' ' WHERE position = 599") ==
          "audit.checkpoints;");
  }
  // Goal, method: as above; removed entries, in the middle and at the end.
  TEST_CASE("the check finds removed entries") {
    CHECK(Damaged().after("DELETE FROM t_audit_entry WHERE position = 450") ==
          "audit.positions;audit.tiles;audit.checkpoints;");
    CHECK(Damaged().after("DELETE FROM t_audit_entry WHERE position > 590") ==
          "audit.checkpoints;");
    CHECK(Damaged().after("DELETE FROM t_audit_entry WHERE position > 400") ==
          "audit.tiles;audit.checkpoints;");
    CHECK(Damaged().after("DELETE FROM t_audit_entry") == "audit.tiles;audit.checkpoints;");
  }
  // Goal, method: as above; the tree's own tables.
  TEST_CASE("the check finds changed tiles and checkpoints") {
    CHECK(
        Damaged().after(
            "UPDATE t_audit_tile SET hashes = zeroblob(8192) WHERE level = 0 AND tile_index = 1") ==
        "audit.tiles;");
    CHECK(
        Damaged().after("UPDATE t_audit_tile SET hashes = substr(hashes, 1, 32) WHERE level = 1") ==
        "audit.tiles;");
    CHECK(Damaged().after("DELETE FROM t_audit_tile WHERE level = 1") == "audit.tiles;");
    CHECK(Damaged().after("INSERT INTO t_audit_tile VALUES (3, 0, zeroblob(32))") ==
          "audit.tiles;");
    CHECK(Damaged().after("UPDATE t_audit_checkpoint SET root = zeroblob(32) WHERE size = 300") ==
          "audit.checkpoints;");
    CHECK(Damaged().after("UPDATE t_audit_checkpoint SET size = 301 WHERE size = 300") ==
          "audit.checkpoints;");
    CHECK(Damaged().after("UPDATE t_audit_checkpoint SET note = (SELECT note FROM "
                          "t_audit_checkpoint WHERE size = 300)"
                          " WHERE size = 600") == "audit.checkpoints;");
  }
  // Goal: an entry that runs of due work pass over is found; one that no run has had to place is
  // not a fault, however old. Method: one entry without a position, and the last run at three
  // times.
  TEST_CASE("the check finds an entry that nobody places") {
    constexpr TimeMs written_ms = 1'790'000'000'000;
    constexpr TimeMs patience_ms = 600'000;
    RawDatabase db({audit_schema});
    const Signer signer = test_signer();
    db.write([&](Transaction& tx) {
      append_one(tx, entry_number(1), "host", written_ms);
      return true;
    });
    CHECK(wrong(db, signer, 0) == "");
    CHECK(wrong(db, signer, written_ms + patience_ms) == "");
    CHECK(wrong(db, signer, written_ms + patience_ms + 1) ==
          (test::on_server() ? "audit.positions;" : ""));
  }
  // Goal: a log that was rewritten whole, tiles and checkpoints too, is found out by the missing
  // key. Method: the same log signed by another key.
  TEST_CASE("the check finds checkpoints that another key has signed") {
    RawDatabase db({audit_schema});
    fill(db, 10);
    db.write([&](Transaction& tx) { return checkpoint(tx, test_signer(9), 1).size; });
    CHECK(wrong(db, test_signer()) == "audit.checkpoints;");
  }
}

}  // namespace
}  // namespace kameng::audit
