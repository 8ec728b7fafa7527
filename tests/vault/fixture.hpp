// fixture.hpp - a shop of one sku with codes in stock, in memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "audit/audit_schema.hpp"
#include "command/command.hpp"
#include "command/command_schema.hpp"
#include "crypto/random.hpp"
#include "json/fields.hpp"
#include "keys/key_ring.hpp"
#include "keys/master_key.hpp"
#include "support/memory_database.hpp"
#include "vault/code_seal.hpp"
#include "vault/code_store.hpp"
#include "vault/unsealer.hpp"
#include "vault/vault_schema.hpp"
#include "vault/vault_service.hpp"
#include "vault/vault_sql.hpp"

namespace kameng::vault::test {

// As much of the catalog's tables as the vault looks at; one goods, which all skus are of.
inline constexpr sql::Script sku_schema{
    .sqlite =
        "CREATE TABLE {p}goods (id INTEGER PRIMARY KEY, supplier_id TEXT) STRICT;"
        "INSERT INTO {p}goods (id) VALUES (1);"
        "CREATE TABLE {p}sku (id BLOB NOT NULL PRIMARY KEY, goods_id INTEGER DEFAULT 1)"
        " STRICT, WITHOUT ROWID;",
    .postgres =
        "CREATE TABLE {p}goods (id BIGINT PRIMARY KEY, supplier_id TEXT);"
        "INSERT INTO {p}goods (id) VALUES (1);"
        "CREATE TABLE {p}sku (id BYTEA NOT NULL PRIMARY KEY, goods_id BIGINT DEFAULT 1);",
    .mariadb =
        "CREATE TABLE {p}goods (id BIGINT PRIMARY KEY, supplier_id VARCHAR(64));"
        "INSERT INTO {p}goods (id) VALUES (1);"
        "CREATE TABLE {p}sku (id BINARY(16) NOT NULL PRIMARY KEY, goods_id BIGINT DEFAULT 1)"
        " ENGINE=InnoDB;"};
inline constexpr sql::Statement insert_sku{"test.insert_sku", "INSERT INTO {p}sku (id) VALUES (?)"};

inline std::shared_ptr<const keys::KeyRing> make_ring(Random& random) {
  REQUIRE(crypto::start().ok());
  auto masters = std::make_shared<const keys::MasterKeys>(keys::MasterKey::draw(random));
  auto made = keys::KeyRing::make(masters, keys::draw_data_keys(random));
  REQUIRE(made.ok());
  return *made;
}

class Shop {
 public:
  Shop() { sku = new_sku(); }

  template <class IdType>
  IdType next_id() {
    return IdType{make_id_bytes(clock.now_ms(), random.draw<10>())};
  }

  SkuId new_sku() {
    const auto id = next_id<SkuId>();
    memory.write([&](sql::Transaction& tx) { return tx.run_count(insert_sku, id); });
    return id;
  }

  // "code-0", "code-1", ... as a batch of the sku, for sale.
  BatchId stock_up(const SkuId& of, int count) {
    const auto batch = next_id<BatchId>();
    const BatchKey key = BatchKey::draw(random);
    memory.write([&](sql::Transaction& tx) {
      tx.run(insert_batch, batch, of, key.sealed(*ring, batch, random), count, clock.now_ms());
      for (int i = 0; i < count; ++i) {
        const std::string code = "code-" + std::to_string(i);
        tx.run(insert_code, of, batch, i, blind_of(*ring, code),
               key.seal({batch, i, of}, code, random), 1);
      }
      change_stock(tx, of, {count, 0, 0});
      return 0;
    });
    return batch;
  }

  // "available/held/sold".
  std::string stock(const SkuId& of) {
    const auto counts = memory.read([&](sql::Transaction& tx) { return stock_of(tx, of); });
    return std::to_string(counts.available) + "/" + std::to_string(counts.held) + "/" +
           std::to_string(counts.sold);
  }

  // Whether every check of the vault holds; the first that does not is shown.
  bool sound() {
    const auto findings = memory.read([](sql::Transaction& tx) { return verify(tx); });
    for (const Finding& finding : findings) {
      if (!finding.ok) {
        MESSAGE(finding.name << ": " << finding.detail);
        return false;
      }
    }
    return findings.size() == 4;
  }

  // One call of code.import, as the registry makes it.
  Result<code::Imported> import(const code::Import& request,
                                const std::optional<std::string>& key = std::nullopt) {
    Context context = Context::host();
    context.idempotency_key = key;
    const command::Call call{environment, host, context, clock.now_ms(),
                             Deadline::after_ms(60'000)};
    const command::AnswerCodec codec{
        [](const void* answer) {
          return json::to_stored_text(*static_cast<const code::Imported*>(answer));
        },
        [](std::string_view text, void* answer) {
          return json::read_stored(text, *static_cast<code::Imported*>(answer));
        }};
    command::Command command(call, code::Import::operation, codec,
                             [&] { return json::to_text(request); });
    return VaultService().import(command, request);
  }
  Result<code::Imported> import_text(std::string_view content,
                                     code::Format format = code::Format::lines) {
    code::Import request;
    request.sku_id = sku;
    request.format = format;
    request.content = std::string(content);
    return import(request);
  }

  SeededRandom random{20261123};
  ManualClock clock{1'795'424'400'000};
  tests::MemoryDatabase memory{sku_schema,
                               vault_schema,
                               vault_schema_2,
                               audit::audit_schema,
                               command::command_schema,
                               command::command_schema_2};
  std::shared_ptr<const keys::KeyRing> ring = make_ring(random);
  SkuId sku;
  command::RefusalCounter refusals;
  command::DueHint due;
  command::Actor host{.kind = command::ActorKind::host};
  command::Environment environment{memory.database(), *ring, clock, random, Log(), refusals, due};
};

}  // namespace kameng::vault::test
