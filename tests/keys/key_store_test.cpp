// key_store_test.cpp - the ring in its table: created once, opened by its master, refused by
// another.
#include "keys/key_store.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "keys/keys_schema.hpp"
#include "sql/migration.hpp"
#include "sql/sqlite/sqlite.hpp"

namespace kameng::keys {
namespace {

constexpr sql::Statement select_sealed{"test.sealed", "SELECT id, sealed FROM {p}key ORDER BY id"};

std::shared_ptr<const MasterKeys> masters_of(std::uint64_t seed) {
  SeededRandom random(seed);
  return std::make_shared<MasterKeys>(MasterKey::draw(random));
}

// A database in memory that has the key table and nothing else.
class Store {
 public:
  Store() : Store(sql::sqlite::Options{}) {}
  explicit Store(sql::sqlite::Options options) {
    options.path = ":memory:";
    auto opened = sql::sqlite::open(options);
    REQUIRE(opened.ok());
    database_ = std::move(opened).value();
    const sql::Migration tables{1, "keys.tables", {keys_schema}};
    REQUIRE(database_->migrate({&tables, 1}, 1, deadline()).ok());
  }

  [[nodiscard]] static Deadline deadline() { return Deadline::after_ms(10'000); }

  [[nodiscard]] Result<std::shared_ptr<const KeyRing>> open(
      const std::shared_ptr<const MasterKeys>& masters, std::uint64_t seed) {
    SeededRandom random(seed);
    std::shared_ptr<const KeyRing> ring;
    KAMENG_CHECK(database_->write(deadline(), [&](sql::Transaction& tx) -> Result<void> {
      KAMENG_TRY(ring, open_ring(tx, masters, random, 1000));
      return {};
    }));
    return ring;
  }

  [[nodiscard]] bool has_rows() {
    bool found = false;
    REQUIRE(database_
                ->read(deadline(),
                       [&found](sql::Transaction& tx) -> Result<void> {
                         found = keys::has_rows(tx);
                         return {};
                       })
                .ok());
    return found;
  }

  // Runs one statement, for tests that damage the table.
  template <class... Parameters>
  bool run(const char* text, const Parameters&... parameters) {
    return database_
        ->write(deadline(),
                [&](sql::Transaction& tx) -> Result<void> {
                  tx.run(sql::Statement{"test.run", text}, parameters...);
                  return {};
                })
        .ok();
  }

  [[nodiscard]] std::vector<Bytes> sealed() {
    std::vector<Bytes> all;
    REQUIRE(database_
                ->read(deadline(),
                       [&all](sql::Transaction& tx) -> Result<void> {
                         all.clear();
                         sql::Rows rows = tx.query(select_sealed);
                         while (rows.next()) {
                           all.push_back(rows.blob(1));
                         }
                         return {};
                       })
                .ok());
    return all;
  }

 private:
  std::unique_ptr<sql::Database> database_;
};

}  // namespace

TEST_SUITE("keys") {
  // Goal: an empty table gets one key for each purpose, and a second opening finds the same ring
  // and adds nothing. Method: open twice with unlike randomness; compare what the rings compute and
  // what the table holds.
  TEST_CASE("a ring is created once and opened ever after") {
    Store store;
    CHECK_FALSE(store.has_rows());
    const auto first = store.open(masters_of(1), 10);
    REQUIRE(first.ok());
    CHECK(store.has_rows());
    const std::vector<Bytes> sealed = store.sealed();
    CHECK(sealed.size() == all_purposes.size());
    const auto second = store.open(masters_of(1), 20);
    REQUIRE(second.ok());
    CHECK(store.sealed() == sealed);
    CHECK((*first)->public_key() == (*second)->public_key());
    for (const Purpose purpose : all_purposes) {
      CHECK(equal_constant_time((*first)->key(purpose).span(), (*second)->key(purpose).span()));
    }
  }

  // Goal: another master key is refused with the reason that tells the operator what is wrong, and
  // changes nothing. Method: open with another key, then with the right one as a former key.
  TEST_CASE("a master key of another database is refused") {
    Store store;
    const auto first = store.open(masters_of(1), 10);
    REQUIRE(first.ok());
    const std::vector<Bytes> sealed = store.sealed();
    const auto wrong = store.open(masters_of(2), 10);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().status == Status::failed_precondition);
    CHECK(wrong.error().reason == "vault.key_wrong");
    CHECK(store.sealed() == sealed);
    SeededRandom old(1);
    SeededRandom fresh(2);
    std::vector<MasterKey> former;
    former.push_back(MasterKey::draw(old));
    const auto rotated =
        store.open(std::make_shared<MasterKeys>(MasterKey::draw(fresh), std::move(former)), 10);
    REQUIRE(rotated.ok());
    CHECK((*rotated)->public_key() == (*first)->public_key());
  }

  // Goal: a damaged or exchanged row is told apart from a wrong master key.
  // Method: change a byte of a sealed key; give two rows each other's sealed keys.
  TEST_CASE("a damaged key row is data loss") {
    Store store;
    REQUIRE(store.open(masters_of(1), 10).ok());
    const std::vector<Bytes> sealed = store.sealed();
    Bytes touched = sealed[0];
    touched.back() ^= 1;
    REQUIRE(store.run("UPDATE {p}key SET sealed = ? WHERE id = 1", touched));
    const auto damaged = store.open(masters_of(1), 10);
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().status == Status::data_loss);
    CHECK(damaged.error().reason == "vault.key_damaged");
    REQUIRE(store.run("UPDATE {p}key SET sealed = ? WHERE id = 1", sealed[1]));
    CHECK_FALSE(store.open(masters_of(1), 10).ok());
    REQUIRE(store.run("UPDATE {p}key SET sealed = ? WHERE id = 1", sealed[0]));
    CHECK(store.open(masters_of(1), 10).ok());
  }

  // Goal: a purpose that a later version brings gets its key when that version opens an older
  // database, and a purpose from the future is left alone. Method: remove one row, add one of an
  // unknown purpose, open.
  TEST_CASE("a missing purpose gets a key of its own") {
    Store store;
    const auto first = store.open(masters_of(1), 10);
    REQUIRE(first.ok());
    REQUIRE(store.run("DELETE FROM {p}key WHERE purpose = 'sandbox'"));
    REQUIRE(store.run("INSERT INTO {p}key VALUES (40, 'future', 'active', ?, ?, 1)", Bytes{1},
                      Bytes(8, 0)));
    const auto second = store.open(masters_of(1), 20);
    REQUIRE(second.ok());
    CHECK(store.sealed().size() == all_purposes.size() + 1);
    CHECK((*second)->public_key() == (*first)->public_key());
    CHECK_FALSE(equal_constant_time((*first)->key(Purpose::sandbox).span(),
                                    (*second)->key(Purpose::sandbox).span()));
    const auto third = store.open(masters_of(1), 30);
    REQUIRE(third.ok());
    CHECK(equal_constant_time((*second)->key(Purpose::sandbox).span(),
                              (*third)->key(Purpose::sandbox).span()));
  }

  // Goal: the database refuses two active keys of one purpose and states that do not exist.
  // Method: insert them.
  TEST_CASE("the key table guards itself") {
    Store store;
    REQUIRE(store.open(masters_of(1), 10).ok());
    const Bytes id(8, 0);
    CHECK_FALSE(
        store.run("INSERT INTO {p}key VALUES (50, 'blind', 'active', ?, ?, 1)", Bytes{1}, id));
    CHECK_FALSE(
        store.run("INSERT INTO {p}key VALUES (51, 'other', 'lost', ?, ?, 1)", Bytes{1}, id));
    CHECK_FALSE(store.run("INSERT INTO {p}key VALUES (52, 'other', 'retired', ?, ?, 1)", Bytes{1},
                          Bytes(7, 0)));
    CHECK(store.run("INSERT INTO {p}key VALUES (53, 'blind', 'retired', ?, ?, 1)", Bytes{1}, id));
  }

  // Goal: no data key stands in the table in clear.
  // Method: search every sealed value for every key.
  TEST_CASE("keys are sealed in their table") {
    Store store;
    const auto ring = store.open(masters_of(1), 10);
    REQUIRE(ring.ok());
    for (const Bytes& sealed : store.sealed()) {
      for (const Purpose purpose : all_purposes) {
        CHECK(as_text(sealed).find(as_text((*ring)->key(purpose).span())) == std::string::npos);
      }
    }
  }

  // Goal: a failed statement leaves nothing behind, and the next opening works.
  // Method: the insert fails with a full disk once, at its third row.
  TEST_CASE("a failure while creating leaves no half ring") {
    int inserts = 0;
    sql::sqlite::Options options;
    options.before_statement = [&inserts](std::string_view name) {
      return name == "key.insert" && ++inserts == 3 ? sql::Fault::full : sql::Fault::none;
    };
    Store store(options);
    const auto failed = store.open(masters_of(1), 10);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().reason == "storage.full");
    CHECK_FALSE(store.has_rows());
    CHECK(store.open(masters_of(1), 10).ok());
    CHECK(store.sealed().size() == all_purposes.size());
  }
}

}  // namespace kameng::keys
