#include "account/api_key.hpp"

#include <algorithm>

#include "account/account_row.hpp"
#include "account/api_key_sql.hpp"
#include "account/permissions.hpp"
#include "account/privacy.hpp"
#include "account/security_event.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"
#include "crypto/sign.hpp"

namespace kameng::account {
namespace {

constexpr int keys_max = 20;  // of an account
constexpr std::int64_t clock_skew_ms = 300'000;
constexpr std::size_t nonce_bytes = 16;
constexpr std::string_view hmac_alg = "hmac-sha256";

struct KeyRow {
  AccountId account_id;
  std::string alg;
  Bytes material;
  std::optional<Bytes> old_material;
  TimeMs old_until_ms = 0;
  AccountStatus status = AccountStatus::frozen;
  bool closed = false;
};

std::optional<KeyRow> find_key(sql::Transaction& tx, const ApiKeyId& id) {
  sql::Rows rows = tx.query(find_api_key, id);
  if (!rows.next()) {
    return std::nullopt;
  }
  KeyRow row;
  row.account_id = rows.id<AccountId>(0);
  row.alg = rows.text(1);
  row.material = rows.blob(2);
  if (!rows.is_null(3)) {
    row.old_material = rows.blob(3);
    row.old_until_ms = rows.int64(4);
  }
  row.status = parse_account_status(rows.text_view(5));
  row.closed = !rows.is_null(6);
  return row;
}

// What an HMAC key signs with: derived, so that it can be told again and no table holds it.
SecretText secret_of(const keys::KeyRing& keys, const ApiKeyId& id, ByteView nonce) {
  return SecretText("ksk_" + std::string(keys.derive("api_key", id.bytes, nonce).view()));
}

bool is_signed_with(const keys::KeyRing& keys, const ApiKeyId& id, const std::string& alg,
                    ByteView material, const ParsedSignature& parsed) {
  if (alg == hmac_alg) {
    const SecretText secret = secret_of(keys, id, material);
    const crypto::Hash32 mac = crypto::hmac_sha256(as_bytes(secret.view()), as_bytes(parsed.base));
    return equal_constant_time(mac, parsed.signature);
  }
  crypto::PublicKey key{};
  crypto::Signature signature{};
  if (material.size() != key.size() || parsed.signature.size() != signature.size()) {
    return false;
  }
  std::copy(material.begin(), material.end(), key.begin());
  std::copy(parsed.signature.begin(), parsed.signature.end(), signature.begin());
  return crypto::verify(key, as_bytes(parsed.base), signature);
}

Bytes nonce_hash(const keys::KeyRing& keys, const ParsedSignature& parsed) {
  const SecretText text("nonce/" + parsed.key_id + "/" + parsed.nonce);
  const crypto::Hash32 hash = keys.hash_of_secret(text.view());
  return Bytes(hash.begin(), hash.begin() + nonce_bytes);
}

// What the row keeps: for HMAC a nonce, for Ed25519 the public key.
Result<Bytes> material_for(command::Command& command, std::string_view alg,
                           const std::optional<std::string>& public_key) {
  if (alg == hmac_alg) {
    if (public_key) {
      return Error{Status::invalid_argument, "api_key.public_key",
                   "An HMAC key has no public half."}
          .at("public_key");
    }
    const auto nonce = command.random().draw<nonce_bytes>();
    return Bytes(nonce.begin(), nonce.end());
  }
  const auto bytes = public_key ? from_base64(*public_key) : std::nullopt;
  if (!bytes || bytes->size() != crypto::PublicKey{}.size()) {
    return Error{Status::invalid_argument, "api_key.public_key",
                 "An Ed25519 key needs its public half: 32 bytes in base64."}
        .at("public_key");
  }
  return *bytes;
}

Error key_not_found() {
  return Error{Status::not_found, "api_key.not_found", "There is no such key of yours."}.at(
      "key_id");
}

struct KeyPlan {
  std::vector<audit::Entry> entries;
};

// The answer with the secret of the row, for a repeated call too.
Result<api_key::Created> with_secret(command::Command& command, api_key::Created answer) {
  std::optional<KeyRow> row;
  KAMENG_CHECK(command.environment().database.read(command.deadline(),
                                                   [&](sql::Transaction& tx) -> Result<void> {
                                                     row = find_key(tx, answer.key_id);
                                                     return {};
                                                   }));
  if (!row) {
    return key_not_found();
  }
  if (row->alg == hmac_alg) {
    answer.secret = std::string(secret_of(command.keys(), answer.key_id, row->material).view());
  }
  return answer;
}

}  // namespace

Error signature_invalid() {
  return {Status::unauthenticated, "signature.invalid",
          "The signature does not count for this request. See docs/GATEWAY.md."};
}

Result<SignedCaller> find_signer(sql::Transaction& tx, const keys::KeyRing& keys,
                                 const ParsedSignature& parsed, TimeMs now_ms) {
  const std::int64_t created_ms = parsed.created_s * 1000;
  const std::int64_t expires_ms = parsed.expires_s * 1000;
  const std::optional<ApiKeyId> id = ApiKeyId::parse(parsed.key_id);
  const std::optional<KeyRow> row = id ? find_key(tx, *id) : std::nullopt;
  if (!row || row->closed || row->alg != parsed.alg) {
    return signature_invalid();
  }
  const bool by_old = row->old_material && now_ms < row->old_until_ms &&
                      is_signed_with(keys, *id, row->alg, *row->old_material, parsed);
  if (!is_signed_with(keys, *id, row->alg, row->material, parsed) && !by_old) {
    return signature_invalid();
  }
  if (created_ms < now_ms - clock_skew_ms || created_ms > now_ms + clock_skew_ms ||
      expires_ms < now_ms || expires_ms < created_ms ||
      expires_ms > created_ms + signature_fresh_ms) {
    return Error{Status::unauthenticated, "signature.stale",
                 "The signature is of another time: within five minutes of now, for five at most."};
  }
  return SignedCaller{*id, row->account_id, row->status};
}

bool use_nonce(sql::Transaction& tx, const keys::KeyRing& keys, const ParsedSignature& parsed) {
  return tx.run_count(insert_nonce, nonce_hash(keys, parsed), parsed.expires_s * 1000) == 1;
}

std::int64_t prune_signatures(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max) {
  // A clock that is put back by less finds them still.
  return tx.run_count(prune_nonces, now_ms - clock_skew_ms, rows_max);
}

Result<api_key::Created> ApiKeyService::create(command::Command& command,
                                               const api_key::Create& request) {
  KAMENG_TRY(const AccountId account, acting_customer(command.actor()));
  KAMENG_TRY(const Bytes material, material_for(command, request.alg, request.public_key));
  const ApiKeyId id = command.new_id<ApiKeyId>();
  KAMENG_TRY(api_key::Created answer, command.phase<api_key::Created>([&](sql::Transaction& tx) {
    using Decision = command::Decision<KeyPlan>;
    // Behind the account's lock: two that are made at once are counted one after the other.
    const bool exists = read_closing(tx, account).may_act();
    std::int64_t count = 0;
    for (sql::Rows rows = tx.query(list_api_keys, account, keys_max); rows.next();) {
      ++count;
    }
    Decision decision =
        !exists ? Decision::refuse(account_not_found())
        : count >= keys_max
            ? Decision::refuse(Error{Status::failed_precondition, "api_key.too_many",
                                     "An account has twenty keys at most."})
            : Decision::accept({{{"api_key.created", account.text(), {{"key", id.text()}}}}});
    return command.settle<api_key::Created>(tx, std::move(decision), [&](const KeyPlan& plan) {
      note_events(tx, command, account, plan.entries);
      tx.run_exactly(1, insert_api_key, id, account, request.name, request.alg, material,
                     command.now_ms());
      api_key::Created created{id, std::nullopt};
      if (request.alg == hmac_alg) {
        created.secret = std::string(secret_of(command.keys(), id, material).view());
      }
      return created;
    });
  }));
  return answer.secret || request.alg != hmac_alg ? Result<api_key::Created>(std::move(answer))
                                                  : with_secret(command, std::move(answer));
}

Result<api_key::Created> ApiKeyService::rotate(command::Command& command,
                                               const api_key::Rotate& request) {
  KAMENG_TRY(const AccountId account, acting_customer(command.actor()));
  std::optional<KeyRow> seen;
  KAMENG_CHECK(command.environment().database.read(command.deadline(),
                                                   [&](sql::Transaction& tx) -> Result<void> {
                                                     seen = find_key(tx, request.key_id);
                                                     return {};
                                                   }));
  if (!seen || seen->account_id != account) {
    return key_not_found();
  }
  KAMENG_TRY(const Bytes material, material_for(command, seen->alg, request.public_key));
  KAMENG_TRY(api_key::Created answer, command.phase<api_key::Created>([&](sql::Transaction& tx) {
    using Decision = command::Decision<KeyPlan>;
    const std::optional<KeyRow> row = find_key(tx, request.key_id);
    Decision decision =
        row && row->account_id == account
            ? Decision::accept(
                  {{{"api_key.rotated", account.text(), {{"key", request.key_id.text()}}}}})
            : Decision::refuse(key_not_found());
    return command.settle<api_key::Created>(tx, std::move(decision), [&](const KeyPlan& plan) {
      note_events(tx, command, account, plan.entries);
      tx.run_exactly(1, rotate_api_key, row->material, command.now_ms() + request.old_for_ms,
                     material, request.key_id, row->material);
      api_key::Created created{request.key_id, std::nullopt};
      if (row->alg == hmac_alg) {
        created.secret = std::string(secret_of(command.keys(), request.key_id, material).view());
      }
      return created;
    });
  }));
  return answer.secret || seen->alg != hmac_alg ? Result<api_key::Created>(std::move(answer))
                                                : with_secret(command, std::move(answer));
}

Result<api_key::Keys> ApiKeyService::list(command::Query& query, const api_key::List& /*request*/) {
  KAMENG_TRY(const AccountId account, acting_customer(query.actor()));
  api_key::Keys keys;
  sql::Rows rows = query.tx.query(list_api_keys, account, keys_max);
  while (rows.next()) {
    api_key::View& view = keys.items.emplace_back();
    view.key_id = rows.id<ApiKeyId>(0);
    view.name = rows.text(1);
    view.alg = rows.text(2);
    view.created_at_ms = rows.int64(3);
    if (!rows.is_null(4) && rows.int64(4) > query.call.now_ms) {
      view.old_until_ms = rows.int64(4);
    }
  }
  return keys;
}

Result<api_key::Gone> ApiKeyService::revoke(command::Command& command,
                                            const api_key::Revoke& request) {
  KAMENG_TRY(const AccountId account, acting_customer(command.actor()));
  return command.phase<api_key::Gone>([&](sql::Transaction& tx) {
    using Decision = command::Decision<KeyPlan>;
    const std::optional<KeyRow> row = find_key(tx, request.key_id);
    Decision decision =
        row && row->account_id == account
            ? Decision::accept(
                  {{{"api_key.revoked", account.text(), {{"key", request.key_id.text()}}}}})
            : Decision::refuse(key_not_found());
    return command.settle<api_key::Gone>(tx, std::move(decision), [&](const KeyPlan& plan) {
      note_events(tx, command, account, plan.entries);
      tx.run_exactly(1, delete_api_key, request.key_id);
      return api_key::Gone{};
    });
  });
}

}  // namespace kameng::account
