// threads_test.cpp - many callers at once, with exact counts afterwards.
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "fixture.hpp"

namespace kameng::sql::test {

namespace {

constexpr Statement sum_notes{"note.sum", "SELECT coalesce(sum(amount), 0) FROM {p}note"};

void on_threads(int count, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int index = 0; index < count; ++index) {
    threads.emplace_back(body, index);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

// Adds to one shared counter and inserts a row of its own.
Work counting(std::int64_t id) {
  return [id](Transaction& tx) -> Result<void> {
    tx.run_exactly(1, add_to_note, 1, 0);
    tx.run(insert_note, id, 0);
    return {};
  };
}

}  // namespace

TEST_SUITE_BEGIN("sql.threads");

// Goal: no write is lost or done twice, however many callers share a commit.
// Method: 8 and 64 threads, on a file and in memory, advance one counter; readers look on and see
// it only grow.
TEST_CASE("grouped writers count exactly") {
  for (const int threads : {8, 64}) {
    const TempFolder folder;
    for (const auto& options : {memory(), at(folder.file("a.db"))}) {
      CAPTURE(threads);
      auto database = open_with_tables(options);
      REQUIRE(insert(*database, 0, 0).ok());
      const Metrics before = database->metrics();
      const int each = threads == 8 ? 200 : 40;
      std::atomic<int> failures{0};
      on_threads(threads, [&](int index) {
        std::int64_t last = 0;
        for (int n = 1; n <= each; ++n) {
          failures += !database->write(soon(), counting(index * 1000 + n)).ok();
          if (n % 10 == 0) {
            std::int64_t seen = -1;
            failures += !database
                             ->read(soon(),
                                    [&](Transaction& tx) -> Result<void> {
                                      Rows rows = tx.query(sum_notes);
                                      seen = rows.next() ? rows.int64(0) : -1;
                                      return {};
                                    })
                             .ok();
            failures += seen < last + 10;  // its own ten at least
            last = seen;
          }
        }
      });
      CHECK(failures == 0);
      const std::int64_t expected = std::int64_t{threads} * each;
      CHECK(read_number(*database, sum_notes) == expected);
      CHECK(read_number(*database, count_notes) == expected + 1);
      const Metrics after = database->metrics();
      CHECK(after.members - before.members >= expected);
      CHECK(after.commits - before.commits <= after.members - before.members);
    }
  }
}

// Goal: failing members never hurt or double the others, under load.
// Method: a third of all works fails in one of five ways, some after having written.
TEST_CASE("failing members among many") {
  const TempFolder folder;
  for (const auto& options : {memory(), at(folder.file("a.db"))}) {
    auto database = open_with_tables(options);
    REQUIRE(insert(*database, 0, 0).ok());
    std::atomic<int> good{0}, wrong{0};
    on_threads(16, [&](int index) {
      for (int n = 1; n <= 60; ++n) {
        const int way = n % 15;
        const std::int64_t id = index * 1000 + n;
        const auto answer = database->write(soon(), [=](Transaction& tx) -> Result<void> {
          tx.run_exactly(1, add_to_note, 1, 0);
          tx.run(insert_note, way == 1 ? 0 : id, way == 2 ? -1 : 0);
          if (way == 3) {
            throw std::runtime_error("a fault of the work");
          }
          if (way == 4) {
            return Error{Status::internal, "test.refused", "No."};
          }
          if (way == 5) {
            tx.connection().rollback();
          }
          return {};
        });
        const bool should_fail = way >= 1 && way <= 5;
        good += answer.ok();
        wrong += answer.ok() == should_fail;
      }
    });
    CHECK(wrong == 0);
    CHECK(read_number(*database, sum_notes) == good.load());
    CHECK(read_number(*database, count_notes) == good.load() + 1);
  }
}

// Goal: callers that go away at their deadline leave the queue whole; what was answered as done is
// done, the rest is not. Method: deadlines of 0 to 3 ms among works that take some time.
TEST_CASE("short deadlines among many") {
  auto database = open_with_tables(memory());
  REQUIRE(insert(*database, 0, 0).ok());
  std::atomic<int> done{0}, late{0}, other{0};
  on_threads(16, [&](int index) {
    for (int n = 1; n <= 100; ++n) {
      const auto answer = database->write(Deadline::after_ms(n % 4), counting(index * 1000 + n));
      done += answer.ok();
      late += !answer.ok() && answer.error().reason == "call.deadline";
      other += !answer.ok() && answer.error().reason != "call.deadline";
    }
  });
  CHECK(done + late == 1600);
  CHECK(other == 0);
  CHECK(read_number(*database, sum_notes) == done.load());
}

// Goal: bulk slices and grouped works mix.
// Method: half of the threads write alone.
TEST_CASE("works alone among groups") {
  auto database = open_with_tables(memory());
  REQUIRE(insert(*database, 0, 0).ok());
  std::atomic<int> failures{0};
  on_threads(16, [&](int index) {
    for (int n = 1; n <= 100; ++n) {
      const Work work = counting(index * 1000 + n);
      failures +=
          !(index % 2 == 0 ? database->write(soon(), work) : database->write_alone(soon(), work))
               .ok();
    }
  });
  CHECK(failures == 0);
  CHECK(read_number(*database, sum_notes) == 1600);
}

// Goal: several databases on one file, as several processes, lose nothing and starve nobody.
// Method: three databases with four threads each, maintained meanwhile.
TEST_CASE("several databases on one file") {
  const TempFolder folder;
  std::vector<std::unique_ptr<Database>> databases;
  for (int n = 0; n < 3; ++n) {
    databases.push_back(open_with_tables(at(folder.file("a.db"))));
  }
  REQUIRE(insert(*databases[0], 0, 0).ok());
  std::atomic<int> failures{0};
  on_threads(12, [&](int index) {
    Database& database = *databases[static_cast<std::size_t>(index % 3)];
    for (int n = 1; n <= 50; ++n) {
      failures += !database.write(soon(), counting(index * 1000 + n)).ok();
      failures += n % 25 == 0 && !database.maintain(soon()).ok();
    }
  });
  CHECK(failures == 0);
  CHECK(read_number(*databases[1], sum_notes) == 600);
}

// Goal: an unknown outcome under load is settled for every member, while readers are reading.
// Method: commits report an I/O error now and then; each work has a key, so a second run is seen.
TEST_CASE("unknown outcomes among many") {
  const TempFolder folder;
  sqlite::Options options = at(folder.file("a.db"));
  auto commits = std::make_shared<std::atomic<int>>(0);
  options.before_statement = [commits](std::string_view name) {
    return name == "commit" && ++*commits % 7 == 0 ? Fault::io : Fault::none;
  };
  auto database = open_with_tables(options);
  std::atomic<int> done{0}, reads_failed{0};
  on_threads(8, [&](int index) {
    for (int n = 1; n <= 40; ++n) {
      const auto answer = database->write(soon(), [=](Transaction& tx) -> Result<void> {
        tx.run(insert_note, index * 1000 + n, 1);
        return {};
      });
      done += answer.ok();
      reads_failed += read_number(*database, count_notes) < n;
    }
  });
  CHECK(done == 320);
  CHECK(reads_failed == 0);
  CHECK(read_number(*database, sum_notes) == 320);
  CHECK(database->metrics().retries > 0);
}

TEST_SUITE_END();

}  // namespace kameng::sql::test
