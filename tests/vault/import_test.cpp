#include <algorithm>
#include <atomic>
#include <thread>

#include "vault/fixture.hpp"
#include "vault/import_job.hpp"

namespace kameng {
namespace {

constexpr sql::Statement count_entries{
    "test.count_entries", "SELECT (SELECT COUNT(*) FROM {p}code), (SELECT COUNT(*) FROM {p}batch)"};
constexpr sql::Statement blinds_by_id{"test.blinds_by_id", "SELECT blind FROM {p}code ORDER BY id"};

// "codes/batches" in the tables.
std::string rows_of(vault::test::Shop& shop) {
  return shop.memory.read([](sql::Transaction& tx) {
    sql::Rows rows = tx.query(count_entries);
    REQUIRE(rows.next());
    return std::to_string(rows.int64(0)) + "/" + std::to_string(rows.int64(1));
  });
}

std::string numbered(int from, int to) {
  std::string content;
  for (int i = from; i < to; ++i) {
    content += "KEY-" + std::to_string(i) + "\n";
  }
  return content;
}

std::string shown(const Result<code::Imported>& outcome) {
  if (!outcome.ok()) {
    return outcome.error().reason;
  }
  std::string text = std::to_string(outcome->imported) + " in, " +
                     std::to_string(outcome->duplicates) + " there, " +
                     std::to_string(outcome->rejected_total) + " out";
  for (const code::RejectedLine& line : outcome->rejected) {
    text += " " + std::to_string(line.line) + ":" + line.reason;
  }
  return text;
}

// Every code of the sku, opened, in the order of drawing.
std::string opened(vault::test::Shop& shop, const SkuId& sku) {
  const auto order = shop.next_id<OrderId>();
  std::vector<Bytes> batch_keys;
  const auto codes = shop.memory.write([&](sql::Transaction& tx) {
    vault::claim(tx, vault::pick(tx, sku, 1000), sku, {order, 0});
    const auto sold = vault::sold_to(tx, order);
    batch_keys.clear();
    for (const vault::SealedCode& code : sold) {
      batch_keys.push_back(vault::sealed_batch_key(tx, code.batch_id));
    }
    return sold;
  });
  std::string text;
  const vault::Unsealer unsealer(*shop.ring);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto code = unsealer.open(codes[i], batch_keys[i]);
    text += code.ok() ? std::string(code->view()) + " " : code.error().reason + " ";
  }
  return text;
}

code::Import request_for(const vault::test::Shop& shop, std::string content) {
  code::Import request;
  request.sku_id = shop.sku;
  request.content = std::move(content);
  return request;
}

}  // namespace

TEST_SUITE("vault") {
  // Goal: what was imported is for sale, in the order of the file, and opens to what stood there.
  // Method: import, buy all, unseal.
  TEST_CASE("imported codes are for sale") {
    vault::test::Shop shop;
    const auto imported = shop.import_text("ABC-1\n\x01\n 卡密二 \r\nABC-1\nABC-3");
    CHECK(shown(imported) == "3 in, 1 there, 1 out 2:line.invalid_text");
    REQUIRE(imported->batch_id.has_value());
    CHECK(shop.stock(shop.sku) == "3/0/0");
    CHECK(shop.sound());
    CHECK(opened(shop, shop.sku) == "ABC-1 卡密二 ABC-3 ");
    CHECK(shop.stock(shop.sku) == "0/0/3");
  }

  // Goal: a large file goes in sorted by blind index, each of its codes once, and duplicates in it
  // are told of by their lines as ever.
  // Method: 1,200 codes, of which one stands there twice; the blind indexes by id.
  TEST_CASE("a large file goes in sorted by blind index") {
    vault::test::Shop shop;
    CHECK(shown(shop.import_text(numbered(0, 1200) + "KEY-7\n")) == "1200 in, 1 there, 0 out");
    CHECK(rows_of(shop) == "1200/1");
    CHECK(shop.stock(shop.sku) == "1200/0/0");
    CHECK(shop.sound());
    const auto falling = shop.memory.read([](sql::Transaction& tx) {
      sql::Rows rows = tx.query(blinds_by_id);
      std::int64_t count = 0;
      Bytes before;
      while (rows.next()) {
        Bytes blind = rows.blob(0);
        count += blind <= before ? 1 : 0;
        before = std::move(blind);
      }
      return count;
    });
    CHECK(falling == 0);
    // What was sealed for its place opens there.
    const std::string text = opened(shop, shop.sku);
    CHECK(std::count(text.begin(), text.end(), ' ') == 1000);
    CHECK(text.find("code.unreadable") == std::string::npos);
  }

  // Goal: a code is unique within a sku, sold ones included, and free in another sku.
  // Method: the same file again after a sale, then for another sku.
  TEST_CASE("duplicates are left out and counted") {
    vault::test::Shop shop;
    CHECK(shown(shop.import_text("A\nB\n")) == "2 in, 0 there, 0 out");
    CHECK(opened(shop, shop.sku) == "A B ");
    CHECK(shown(shop.import_text("B\nC\nC\n")) == "1 in, 2 there, 0 out");
    CHECK(opened(shop, shop.sku) == "C ");
    code::Import request = request_for(shop, "A\nB\n");
    request.sku_id = shop.new_sku();
    CHECK(shown(shop.import(request)) == "2 in, 0 there, 0 out");
    CHECK(shop.sound());
  }

  // Goal: `reject` imports all or nothing.
  // Method: duplicates in the file, in stock, and none; the tables after each.
  TEST_CASE("reject imports all or nothing") {
    vault::test::Shop shop;
    code::Import request = request_for(shop, "A\nB\nA\n");
    request.duplicates = code::Duplicates::reject;
    const auto refused = shop.import(request);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().reason == "code.duplicate");
    CHECK(refused.error().status == Status::failed_precondition);
    CHECK(refused.error().details ==
          std::vector<std::pair<std::string, std::string>>{{"duplicates", "1"}, {"lines", "3"}});
    CHECK(rows_of(shop) == "0/0");
    request.content = "A\nB\n";
    CHECK(shown(shop.import(request)) == "2 in, 0 there, 0 out");
    CHECK(shop.stock(shop.sku) == "2/0/0");
    request.content = "C\nB\n";
    CHECK(shown(shop.import(request)) == "code.duplicate");
    CHECK(rows_of(shop) == "2/1");
    CHECK(shop.sound());
    CHECK(opened(shop, shop.sku) == "A B ");
  }

  // Goal: a code that another import brings in between still refuses, and what was in is taken
  // back. Method: the job's slices by hand, with the other import after the search and between.
  TEST_CASE("reject takes back what a race made wrong") {
    vault::test::Shop shop;
    code::Import request = request_for(shop, numbered(0, 400));
    request.duplicates = code::Duplicates::reject;
    const Context context = Context::host();
    const command::Call call{shop.environment, shop.host, context, shop.clock.now_ms(),
                             Deadline::after_ms(60'000)};
    command::Command command(call, code::Import::operation);
    auto parsed = vault::parse_codes(as_bytes(*request.content), request.encoding, request.format);
    REQUIRE(parsed.ok());
    vault::ImportJob job(command, request, std::move(*parsed));
    REQUIRE(job.find_duplicates().ok());
    REQUIRE(job.seal().ok());
    CHECK(shown(shop.import_text("KEY-399\n")) == "1 in, 0 there, 0 out");
    const auto outcome = command.slices<code::Imported>(
        [&](sql::Transaction& tx, std::string& progress) { return job.slice(tx, progress); });
    CHECK(shown(outcome) == "code.duplicate");
    CHECK(shop.stock(shop.sku) == "1/0/0");
    CHECK(rows_of(shop) == "1/2");
    CHECK(shop.sound());
  }

  // Goal: a dry run tells what would happen and changes nothing.
  // Method: both ways with duplicates, on a stock; the tables before and after.
  TEST_CASE("a dry run changes nothing") {
    vault::test::Shop shop;
    CHECK(shown(shop.import_text("A\n")) == "1 in, 0 there, 0 out");
    code::Import request = request_for(shop, "A\nB\nB\n\x02\nC\n");
    request.dry_run = true;
    const auto told = shop.import(request);
    CHECK(shown(told) == "2 in, 2 there, 1 out 4:line.invalid_text");
    CHECK_FALSE(told->batch_id.has_value());
    request.duplicates = code::Duplicates::reject;
    CHECK(shown(shop.import(request)) ==
          "0 in, 2 there, 3 out 1:line.duplicate_in_stock 3:line.duplicate_in_file"
          " 4:line.invalid_text");
    CHECK(rows_of(shop) == "1/1");
    request.sku_id = shop.next_id<SkuId>();
    CHECK(shown(shop.import(request)) == "sku.not_found");
  }

  // Goal: a large file comes in several calls, into one batch.
  // Method: continue a batch, also by two calls that prepared at the same time; wrong batches are
  // refused.
  TEST_CASE("an import continues a batch") {
    vault::test::Shop shop;
    const auto first = shop.import_text("A\nB\n");
    REQUIRE(first.ok());
    code::Import request = request_for(shop, "C\nD\n");
    request.batch_id = first->batch_id;
    const auto second = shop.import(request);
    CHECK(shown(second) == "2 in, 0 there, 0 out");
    CHECK(second->batch_id == first->batch_id);
    CHECK(rows_of(shop) == "4/1");

    const Context context = Context::host();
    const command::Call call{shop.environment, shop.host, context, shop.clock.now_ms(),
                             Deadline::after_ms(60'000)};
    command::Command command(call, code::Import::operation);
    request.content = "E\n";
    auto parsed = vault::parse_codes(as_bytes("E\n"), request.encoding, request.format);
    REQUIRE(parsed.ok());
    vault::ImportJob late(command, request, std::move(*parsed));
    REQUIRE(late.seal().ok());
    request.content = "F\n";
    CHECK(shown(shop.import(request)) == "1 in, 0 there, 0 out");
    CHECK(command
              .slices<code::Imported>([&](sql::Transaction& tx, std::string& progress) {
                return late.slice(tx, progress);
              })
              .ok());
    CHECK(shop.sound());
    CHECK(opened(shop, shop.sku) == "A B C D F E ");

    request.sku_id = shop.new_sku();
    CHECK(shown(shop.import(request)) == "batch.other_sku");
    request.batch_id = shop.next_id<BatchId>();
    CHECK(shown(shop.import(request)) == "batch.not_found");
    request.batch_id.reset();
    request.sku_id = shop.next_id<SkuId>();
    CHECK(shown(shop.import(request)) == "sku.not_found");
  }

  // Goal: the same call gives the same answer, and its codes are in once.
  // Method: repeat with the key; then with another content.
  TEST_CASE("a repeated import answers as before") {
    vault::test::Shop shop;
    code::Import request = request_for(shop, "A\nB\nA\n");
    const auto first = shop.import(request, "key-1");
    const auto again = shop.import(request, "key-1");
    REQUIRE(again.ok());
    CHECK(shown(again) == "2 in, 1 there, 0 out");
    CHECK(again->batch_id == first->batch_id);
    request.duplicates = code::Duplicates::reject;
    request.content = "A\n";
    CHECK(shown(shop.import(request, "key-1")) == "idempotency.mismatch");
    CHECK(shown(shop.import(request, "key-2")) == "code.duplicate");
    CHECK(shown(shop.import(request, "key-2")) == "code.duplicate");
    CHECK(rows_of(shop) == "2/1");
  }

  // Goal: an import that died between slices is ended by the same call, in the batch it began, each
  // code once. Method: progress as a first slice left it, carried on by a second job that drew
  // another batch and key.
  TEST_CASE("a repetition goes on where the last slice ended") {
    for (const auto duplicates : {code::Duplicates::skip, code::Duplicates::reject}) {
      CAPTURE(enum_name(duplicates));
      vault::test::Shop shop;
      code::Import request = request_for(shop, numbered(0, 300));
      request.duplicates = duplicates;
      const Context context = Context::host();
      const command::Call call{shop.environment, shop.host, context, shop.clock.now_ms(),
                               Deadline::after_ms(60'000)};
      const auto job_of = [&](command::Command& command) {
        auto parsed =
            vault::parse_codes(as_bytes(*request.content), request.encoding, request.format);
        REQUIRE(parsed.ok());
        return vault::ImportJob(command, request, std::move(*parsed), {.ms = 60'000, .rows = 100});
      };
      command::Command first(call, code::Import::operation);
      vault::ImportJob died = job_of(first);
      REQUIRE(died.seal().ok());
      std::string progress;
      shop.memory.write([&](sql::Transaction& tx) {
        progress.clear();
        const auto slice = died.slice(tx, progress);
        REQUIRE(slice.ok());
        return slice->has_value();
      });
      REQUIRE(vault::ImportProgress::parse(progress).has_value());
      CHECK(shop.stock(shop.sku) == (duplicates == code::Duplicates::skip ? "100/0/0" : "0/0/0"));
      CHECK(shop.sound());

      command::Command second(call, code::Import::operation);
      vault::ImportJob job = job_of(second);
      REQUIRE(job.seal().ok());
      bool begun = false;
      const auto outcome =
          second.slices<code::Imported>([&](sql::Transaction& tx, std::string& at) {
            at = std::exchange(begun, true) ? at : progress;
            return job.slice(tx, at);
          });
      CHECK(shown(outcome) == "300 in, 0 there, 0 out");
      CHECK(outcome->batch_id == vault::ImportProgress::parse(progress)->batch_id);
      CHECK(rows_of(shop) == "300/1");
      CHECK(shop.stock(shop.sku) == "300/0/0");
      CHECK(shop.sound());
      std::string expected;
      for (int i = 0; i < 300; ++i) {
        expected += "KEY-" + std::to_string(i) + " ";
      }
      CHECK(opened(shop, shop.sku) == expected);
    }
  }

  // Goal: where an import stands survives being written down.
  // Method: there and back; damaged texts.
  TEST_CASE("progress is read back as it was written") {
    vault::ImportProgress at;
    at.stage = vault::ImportStage::take_back;
    at.batch_id.bytes.fill(7);
    at.first_ordinal = 5;
    at.next = 9;
    at.imported = 3;
    at.duplicates = 2;
    at.duplicate_line = 11;
    const auto back = vault::ImportProgress::parse(at.text());
    REQUIRE(back.has_value());
    CHECK(back->text() == at.text());
    CHECK(back->next == 9);
    CHECK_FALSE(vault::ImportProgress::parse("").has_value());
    CHECK_FALSE(vault::ImportProgress::parse(at.text() + " 1").has_value());
    CHECK_FALSE(vault::ImportProgress::parse(at.text().substr(0, 20)).has_value());
    CHECK_FALSE(vault::ImportProgress::parse("3" + at.text().substr(1)).has_value());
  }

  // Goal: content comes one way, and bytes in any encoding.
  // Method: both, none, broken base64, GB18030.
  TEST_CASE("content comes as text or as base64") {
    vault::test::Shop shop;
    code::Import request = request_for(shop, "A\n");
    request.content_base64 = "QQ==";
    CHECK(shown(shop.import(request)) == "code.content_ambiguous");
    request.content.reset();
    request.content_base64 = "Q";
    CHECK(shown(shop.import(request)) == "code.content_malformed");
    request.content_base64 = to_base64(as_bytes("\xBF\xA8\xC3\xDC\n"));
    CHECK(shown(shop.import(request)) == "1 in, 0 there, 0 out");
    CHECK(opened(shop, shop.sku) == "卡密 ");
    request.content_base64.reset();
    CHECK(shown(shop.import(request)) == "code.content_missing");
  }

  // Goal: the same file imported from many threads is in stock once.
  // Method: 8 threads, the same 200 codes; the sum of what they imported.
  TEST_CASE("imports at the same time bring each code once") {
    vault::test::Shop shop;
    const code::Import request = request_for(shop, numbered(0, 200));
    std::atomic<std::int64_t> imported = 0;
    std::atomic<int> failures = 0;
    {
      std::vector<std::jthread> crowd;
      for (int i = 0; i < 8; ++i) {
        crowd.emplace_back([&] {
          const auto outcome = shop.import(request);
          failures += outcome.ok() && outcome->imported + outcome->duplicates == 200 ? 0 : 1;
          imported += outcome.ok() ? outcome->imported : 0;
        });
      }
    }
    CHECK(failures == 0);
    CHECK(imported == 200);
    CHECK(shop.stock(shop.sku) == "200/0/0");
    CHECK(shop.sound());
  }
}

}  // namespace kameng
