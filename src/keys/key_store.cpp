// key_store.cpp - the statements of the key table.
#include "keys/key_store.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace kameng::keys {
namespace {

constexpr sql::Statement any_key{"key.any", "SELECT EXISTS (SELECT 1 FROM {p}key)"};
constexpr sql::Statement all_keys{"key.all",
                                  "SELECT id, purpose, state, sealed FROM {p}key ORDER BY id"};
constexpr sql::Statement insert_key{
    "key.insert",
    "INSERT INTO {p}key (id, purpose, state, sealed, master_id, created_at_ms)"
    " VALUES (?, ?, 'active', ?, ?, ?)"};

// Ties a sealed key to its row: a key copied into another row, or given another purpose, does not
// open.
std::string associated(std::int64_t id, std::string_view purpose) {
  return "kameng/key/" + std::to_string(id) + "/" + std::string(purpose);
}

struct StoredKeys {
  std::vector<DataKey> keys;
  std::int64_t id_max = 0;
};

Result<StoredKeys> read_keys(sql::Transaction& tx, const MasterKeys& masters) {
  StoredKeys stored;
  sql::Rows rows = tx.query(all_keys);
  while (rows.next()) {
    const std::int64_t id = rows.int64(0);
    const std::string purpose_text = rows.text(1);
    stored.id_max = std::max(stored.id_max, id);
    const std::optional<Purpose> purpose = parse_purpose(purpose_text);
    if (!purpose) {
      // A key that a later version has added; this one has no use for it and leaves it alone.
      continue;
    }
    Result<SecretBytes> bytes =
        masters.open(rows.blob_view(3), as_bytes(associated(id, purpose_text)));
    if (!bytes.ok()) {
      if (bytes.error().reason == "vault.key_wrong") {
        return std::move(bytes).error();
      }
      return Error{Status::data_loss, "vault.key_damaged",
                   "A stored key cannot be opened although its master key is here."};
    }
    stored.keys.push_back(
        DataKey{id, *purpose, rows.text_view(2) == "active", std::move(bytes).value()});
  }
  return stored;
}

}  // namespace

bool has_rows(sql::Transaction& tx) {
  sql::Rows rows = tx.query(any_key);
  return rows.next() && rows.int64(0) != 0;
}

Result<std::shared_ptr<const KeyRing>> open_ring(sql::Transaction& tx,
                                                 const std::shared_ptr<const MasterKeys>& masters,
                                                 Random& random, TimeMs now_ms) {
  KAMENG_TRY(StoredKeys stored, read_keys(tx, *masters));
  const auto is_active = [&stored](Purpose purpose) {
    return std::any_of(stored.keys.begin(), stored.keys.end(), [purpose](const DataKey& key) {
      return key.active && key.purpose == purpose;
    });
  };
  for (const Purpose purpose : all_purposes) {
    if (is_active(purpose)) {
      continue;
    }
    DataKey fresh = draw_data_key(++stored.id_max, purpose, random);
    const std::string_view name = purpose_name(purpose);
    const Bytes sealed =
        masters->seal(fresh.bytes.span(), as_bytes(associated(fresh.id, name)), random);
    tx.run(insert_key, fresh.id, name, sealed, masters->current().id(), now_ms);
    stored.keys.push_back(std::move(fresh));
  }
  if (tx.failed()) {
    return sql::to_error(tx.failure());
  }
  return KeyRing::make(masters, std::move(stored.keys));
}

}  // namespace kameng::keys
