// values.cpp - what goes into a database comes out of it, to the byte.
#include <fstream>
#include <limits>
#include <optional>

#include "conformance.hpp"
#include "schema.hpp"

namespace kameng::conformance {
namespace {

using sql::Rows;
using sql::Statement;
using sql::Transaction;

constexpr Statement sum_values{"value.sum", "SELECT SUM(i), COUNT(*), MAX(i) FROM {p}value"};
constexpr Statement sum_above{"value.sum_above", "SELECT SUM(i) FROM {p}value WHERE i > ?"};
constexpr Statement compare_values{"value.compare",
                                   "SELECT i > ?, i IS NULL, EXISTS (SELECT 1 FROM {p}value)"
                                   " FROM {p}value"};
constexpr Statement insert_word{"word.insert", "INSERT INTO {p}word (word) VALUES (?)"};
constexpr Statement count_word{"word.count", "SELECT count(*) FROM {p}word WHERE word = ?"};
constexpr Statement count_words{"word.count_all", "SELECT count(*) FROM {p}word"};
constexpr Statement find_by_text{"value.find_by_text", "SELECT id FROM {p}value WHERE t = ?"};
constexpr Statement find_by_blob{"value.find_by_blob", "SELECT id FROM {p}value WHERE b = ?"};

// Stores one row and gives it to `look`.
template <class I, class T, class B, class Look>
void round_trip(Bench& bench, const I& i, const T& t, const B& b, const Look& look) {
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               tx.run(insert_value, 1, i, t, b);
                               return {};
                             }),
             "the row is stored");
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows rows = tx.query(all_values);
                              bench.check(rows.next(), "the row is there");
                              look(rows);
                              bench.check(!rows.next(), "it is the only one");
                              return {};
                            }),
             "the row is read");
}

void null(Bench& bench) {
  round_trip(bench, nullptr, std::optional<std::string>(), std::optional<Bytes>(),
             [&](const Rows& rows) {
               for (int column = 0; column < 3; ++column) {
                 bench.check(rows.is_null(column), "column " + std::to_string(column) + " is null");
               }
               bench.equal(rows.int64(0), 0, "a null read as a number");
               bench.check(rows.text(1).empty() && rows.blob(2).empty(), "a null reads as nothing");
               bench.check(!rows.maybe_int64(0) && !rows.maybe_text(1), "a null is no value");
             });
}

void empty(Bench& bench) {
  round_trip(bench, 0, "", ByteView(), [&](const Rows& rows) {
    for (int column = 0; column < 3; ++column) {
      bench.check(!rows.is_null(column), "column " + std::to_string(column) + " is not null");
    }
    bench.check(rows.maybe_text(1) == std::string(), "the text is there, and empty");
    bench.check(rows.blob(2).empty(), "the blob is empty");
  });
}

void every_byte(Bench& bench) {
  Bytes all;
  for (int repeat = 0; repeat < 2; ++repeat) {
    for (int byte = 0; byte < 256; ++byte) {
      all.push_back(static_cast<std::uint8_t>(byte));
    }
  }
  round_trip(bench, 1, "x", all, [&](const Rows& rows) {
    bench.equal(static_cast<std::int64_t>(rows.blob(2).size()), 512, "bytes");
    bench.check(rows.blob(2) == all, "every byte is as it was");
  });
}

void integers(Bench& bench) {
  constexpr std::int64_t edges[] = {std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max(),
                                    -1,
                                    0,
                                    std::int64_t{1} << 31,
                                    -(std::int64_t{1} << 31) - 1,
                                    std::int64_t{1} << 53 | 1};
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               int id = 0;
                               for (const std::int64_t edge : edges) {
                                 tx.run(insert_value, ++id, edge, nullptr, nullptr);
                               }
                               return {};
                             }),
             "the rows are stored");
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows rows = tx.query(all_values);
                              for (const std::int64_t edge : edges) {
                                bench.check(rows.next(), "a row");
                                bench.equal(rows.int64(0), edge, "number");
                              }
                              return {};
                            }),
             "the rows are read");
}

void unicode(Bench& bench) {
  // A game pad and an ideograph beyond the basic plane, a combining mark, a quote, a backslash.
  const std::string text =
      "\xF0\x9F\x8E\xAE \xF0\xA0\x80\x80 e\xCC\x81 \xE7\xA0\x81 ' \" \\ % \r\n\t";
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               tx.run(insert_value, 7, 1, text, nullptr);
                               Rows found = tx.query(find_by_text, text);
                               bench.check(found.next() && found.int64(0) == 7, "it is found");
                               return {};
                             }),
             "the text is stored");
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows rows = tx.query(all_values);
                              bench.check(rows.next(), "a row");
                              bench.equal(rows.text_view(1), text, "text");
                              return {};
                            }),
             "the text is read");
}

// Texts that a lenient collation takes for equal are different keys, and are found alone.
void collation(Bench& bench) {
  const std::string words[] = {"ab",
                               "ab ",
                               "ab  ",
                               "AB",
                               "aB",
                               "\xC3\xA4",
                               "a",
                               "\xC3\x84",
                               "e\xCC\x81",
                               "\xC3\xA9",
                               "ss",
                               "\xC3\x9F",
                               " ab",
                               "",
                               " ",
                               "\xF0\x9F\x8E\xAE",
                               "\xF0\x9F\x8E\xB2"};
  auto database = bench.open_with_tables();
  for (const std::string& word : words) {
    bench.must(database->write(soon(),
                               [&](Transaction& tx) -> Result<void> {
                                 tx.run(insert_word, word);
                                 return {};
                               }),
               "`" + word + "` is a key of its own");
  }
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              for (const std::string& word : words) {
                                Rows rows = tx.query(count_word, word);
                                bench.check(rows.next() && rows.int64(0) == 1,
                                            "`" + word + "` is found once");
                              }
                              Rows rows = tx.query(count_words);
                              bench.check(rows.next(), "a row");
                              bench.equal(rows.int64(0), std::ssize(words), "words");
                              return {};
                            }),
             "the words are read");
}

void sums(Bench& bench) {
  constexpr std::int64_t big = 3'000'000'000'000'000'000;
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               for (int id = 1; id <= 3; ++id) {
                                 tx.run(insert_value, id, big, nullptr, nullptr);
                               }
                               tx.run(insert_value, 4, -1, nullptr, nullptr);
                               return {};
                             }),
             "the rows are stored");
  bench.must(
      database->read(soon(),
                     [&](Transaction& tx) -> Result<void> {
                       Rows rows = tx.query(sum_values);
                       bench.check(rows.next(), "a row");
                       bench.equal(rows.int64(0), 3 * big - 1, "the sum, to the last unit");
                       bench.equal(rows.int64(1), 4, "count");
                       bench.equal(rows.int64(2), big, "greatest");
                       Rows none = tx.query(sum_above, std::numeric_limits<std::int64_t>::max());
                       bench.check(none.next() && none.is_null(0), "the sum of nothing is null");
                       return {};
                     }),
      "the sums are read");
}

void booleans(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               tx.run(insert_value, 1, 5, nullptr, nullptr);
                               return {};
                             }),
             "the row is stored");
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows rows = tx.query(compare_values, 4);
                              bench.check(rows.next(), "a row");
                              bench.equal(rows.int64(0), 1, "true");
                              bench.equal(rows.int64(1), 0, "false");
                              bench.equal(rows.int64(2), 1, "exists");
                              return {};
                            }),
             "comparisons are read");
}

// Each column as each kind that it is not: nothing is converted, and the transaction fails.
void wrong_kind(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               tx.run(insert_value, 1, 12, "12", Bytes{1, 2, 3});
                               return {};
                             }),
             "the row is stored");
  struct Reading {
    std::string_view name;
    void (*read)(Bench&, const Rows&);
  };
  const Reading readings[] = {
      {"text as a number",
       [](Bench& b, const Rows& rows) { b.equal(rows.int64(1), 0, "text as a number"); }},
      {"a blob as a number",
       [](Bench& b, const Rows& rows) { b.equal(rows.int64(2), 0, "a blob as a number"); }},
      {"a number as text",
       [](Bench& b, const Rows& rows) { b.equal(rows.text(0), "", "a number as text"); }},
      {"a number as a blob",
       [](Bench& b, const Rows& rows) {
         b.check(rows.blob_view(0).empty(), "a number as a blob is nothing");
       }},
      {"a blob of three bytes as an id", [](Bench& b, const Rows& rows) {
         b.check(rows.id<OrderId>(2).is_zero(), "three bytes are no id");
       }}};
  for (const Reading& reading : readings) {
    bench.reason(database->read(soon(),
                                [&](Transaction& tx) -> Result<void> {
                                  Rows rows = tx.query(all_values);
                                  bench.check(rows.next(), "a row");
                                  reading.read(bench, rows);
                                  return {};
                                }),
                 "storage.corrupt", reading.name);
  }
}

void ids(Bench& bench) {
  OrderId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(i * 17);  // 00 11 22 ... ff
  }
  auto database = bench.open_with_tables();
  bench.must(database->write(soon(),
                             [&](Transaction& tx) -> Result<void> {
                               tx.run(insert_value, 3, nullptr, nullptr, id);
                               Rows found = tx.query(find_by_blob, id);
                               bench.check(found.next() && found.int64(0) == 3, "it is found");
                               return {};
                             }),
             "the id is stored");
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows rows = tx.query(all_values);
                              bench.check(rows.next() && rows.id<OrderId>(2) == id, "the same id");
                              return {};
                            }),
             "the id is read");
}

void large(Bench& bench) {
  constexpr std::size_t bytes = 1 << 20;
  std::string text;
  Bytes blob;
  for (std::size_t i = 0; i < bytes; ++i) {
    text.push_back(static_cast<char>('!' + i * 7 % 90));
    blob.push_back(static_cast<std::uint8_t>(i * 31 >> 3));
  }
  round_trip(bench, 1, text, blob, [&](const Rows& rows) {
    bench.check(rows.text_view(1) == text, "1 MiB of text");
    bench.check(rows.blob(2) == blob, "1 MiB of bytes");
  });
}

std::int64_t resident_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::int64_t kib = 0;
  while (status >> word) {
    if (word == "VmRSS:") {
      status >> kib;
    }
  }
  return kib;
}

// What 100 MB of rows may add to the process. The thread sanitizer keeps several bytes for each one
// that is touched.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KAMENG_WATCHED_BY_TSAN
#endif
#endif
#ifdef KAMENG_WATCHED_BY_TSAN
constexpr std::int64_t growth_max_kib = std::int64_t{128} * 1024;
#else
constexpr std::int64_t growth_max_kib = std::int64_t{32} * 1024;
#endif

constexpr Statement fill_values{"value.fill",
                                "INSERT INTO {p}value (id, i, t) WITH RECURSIVE n(x) AS"
                                " (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 999)"
                                " SELECT a.x * 1000 + b.x, a.x * 1000 + b.x, hex(zeroblob(500))"
                                " FROM n AS a, n AS b WHERE a.x < 100",
                                sql::Lock::none,
                                "INSERT INTO {p}value (id, i, t) WITH RECURSIVE n(x) AS"
                                " (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 999)"
                                " SELECT a.x * 1000 + b.x, a.x * 1000 + b.x, repeat('0', 1000)"
                                " FROM n AS a, n AS b WHERE a.x < 100",
                                "INSERT INTO {p}value (id, i, t) WITH RECURSIVE n(x) AS"
                                " (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 999)"
                                " SELECT a.x * 1000 + b.x, a.x * 1000 + b.x, repeat('0', 1000)"
                                " FROM n AS a, n AS b WHERE a.x < 100"};

constexpr Statement stream_values{
    .name = "value.stream", .text = "SELECT i, t, b FROM {p}value ORDER BY id", .streams = true};

// 100 thousand rows of a kilobyte each pass through without being held.
void stream(Bench& bench) {
  auto database = bench.open_with_tables();
  bench.must(database->write_alone(soon(),
                                   [&](Transaction& tx) -> Result<void> {
                                     bench.equal(tx.run_count(fill_values), 100'000, "rows made");
                                     return {};
                                   }),
             "the rows are stored");
  const std::int64_t before_kib = resident_kib();
  std::int64_t most_kib = 0;
  bench.must(database->read(soon(),
                            [&](Transaction& tx) -> Result<void> {
                              Rows rows = tx.query(stream_values);
                              std::int64_t count = 0, bytes = 0;
                              while (rows.next()) {
                                bench.check(rows.int64(0) == count, "rows come in order");
                                bytes += std::ssize(rows.text_view(1));
                                if (count++ % 5'000 == 0) {
                                  most_kib = std::max(most_kib, resident_kib());
                                }
                              }
                              bench.equal(count, 100'000, "rows read");
                              bench.equal(bytes, 100'000'000, "bytes read");
                              return {};
                            }),
             "the rows are read");
  bench.check(most_kib - before_kib < growth_max_kib, "what was read is not held",
              std::to_string(most_kib - before_kib) + " KiB");
}

}  // namespace

std::vector<Case> value_cases() {
  return {{"values.null", null},
          {"values.empty_is_not_null", empty},
          {"values.every_byte", every_byte},
          {"values.integers_at_their_edges", integers},
          {"values.text_beyond_the_basic_plane", unicode},
          {"values.text_is_compared_by_bytes", collation},
          {"values.sums_are_exact", sums},
          {"values.booleans_are_numbers", booleans},
          {"values.ids", ids},
          {"values.read_as_the_wrong_kind", wrong_kind},
          {"values.one_mebibyte", large},
          {"values.a_hundred_thousand_rows_stream", stream}};
}

}  // namespace kameng::conformance
