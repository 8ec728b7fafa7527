#include "account/factor.hpp"

#include <algorithm>

#include "account/factor_sql.hpp"
#include "account/person.hpp"
#include "account/totp.hpp"
#include "base/secret.hpp"
#include "crypto/hash.hpp"

namespace kameng::account {
namespace {

constexpr std::size_t recovery_bytes = 10;
constexpr std::size_t recovery_letters = 16;

// As people type them: in any case, with or without hyphens and spaces.
std::string plain_recovery(std::string_view code) {
  std::string plain;
  for (const char c : code) {
    if (c != '-' && c != ' ') {
      plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  return plain;
}

std::string letters_of(const keys::KeyRing& keys, AccountId id, const RecoveryNonce& nonce,
                       int number) {
  Bytes row(id.bytes.begin(), id.bytes.end());
  row.push_back(static_cast<std::uint8_t>(number));
  const SecretText derived = keys.derive("recovery", row, nonce);
  const crypto::Hash32 hash = crypto::sha256(as_bytes(derived.view()));
  return to_base32(ByteView(hash).first(recovery_bytes));
}

crypto::Hash32 recovery_hash(const keys::KeyRing& keys, AccountId id, std::string_view letters) {
  const SecretText text("recovery/" + id.text() + "/" + std::string(letters));
  return keys.hash_of_secret(text.view());
}

std::optional<std::int64_t> find_recovery(sql::Transaction& tx, const keys::KeyRing& keys,
                                          AccountId id, std::string_view code) {
  const std::string letters = plain_recovery(code);
  if (letters.size() != recovery_letters) {
    return std::nullopt;
  }
  const crypto::Hash32 hash = recovery_hash(keys, id, letters);
  std::optional<std::int64_t> found;
  sql::Rows rows = tx.query(list_recovery, id);
  while (rows.next()) {
    if (equal_constant_time(rows.blob_view(1), hash)) {
      found = rows.int64(0);
    }
  }
  return found;
}

Result<SecretBytes> open_secret(sql::Transaction& tx, const keys::KeyRing& keys, AccountId id,
                                ByteView sealed) {
  Bytes sealed_key;
  {
    sql::Rows rows = tx.query(find_person_key, id);
    if (rows.next()) {
      sealed_key = rows.blob(0);
    }
  }
  KAMENG_TRY(const SecretBytes key, open_person_key(keys, id, sealed_key));
  KAMENG_TRY(const SecretText secret, open_value(key, "factor.secret", id, sealed));
  return SecretBytes(as_bytes(secret.view()));
}

}  // namespace

Result<SecretBytes> find_pending_secret(sql::Transaction& tx, const keys::KeyRing& keys,
                                        AccountId id) {
  Bytes sealed;
  {
    sql::Rows rows = tx.query(find_factor, id);
    if (!rows.next()) {
      return Error{Status::failed_precondition, "factor.none", "No authenticator app is enrolled."};
    }
    if (!rows.is_null(5)) {
      return Error{Status::failed_precondition, "factor.exists",
                   "The second factor is on; its secret is not shown again."};
    }
    sealed = rows.blob(0);
  }
  return open_secret(tx, keys, id, sealed);
}

FactorFacts read_factor(sql::Transaction& tx, const keys::KeyRing& keys, AccountId id,
                        const std::optional<std::string>& code, TimeMs now_ms) {
  FactorFacts facts;
  facts.code_brought = code.has_value();
  Bytes sealed;
  std::int64_t last_step = 0;
  {
    sql::Rows rows = tx.query(find_factor, id);
    if (!rows.next()) {
      return facts;
    }
    facts.exists = true;
    sealed = rows.blob(0);
    last_step = rows.int64(1);
    if (!rows.is_null(2) && rows.blob_view(2).size() == RecoveryNonce{}.size()) {
      const ByteView stored = rows.blob_view(2);
      std::copy(stored.begin(), stored.end(), facts.recovery_nonce.emplace().begin());
    }
    facts.tries = {rows.int64(3), rows.int64(4)};
    facts.enabled = !rows.is_null(5);
    if (facts.enabled) {
      facts.since_ms = rows.int64(5);
    }
  }
  if (!code) {
    return facts;
  }
  const Result<SecretBytes> secret = open_secret(tx, keys, id, sealed);
  facts.readable = secret.ok();
  if (secret.ok()) {
    facts.step = totp_step(secret->span(), *code, now_ms, last_step);
  }
  if (!facts.step && facts.enabled) {
    facts.recovery_number = find_recovery(tx, keys, id, *code);
  }
  return facts;
}

std::optional<Error> judge(const FactorFacts& facts, std::string_view field, TimeMs now_ms) {
  if (!facts.code_brought) {
    return Error{Status::unauthenticated, "factor.code_required",
                 "This account has a second factor: send its code too."}
        .at(std::string(field));
  }
  if (facts.tries.is_locked(now_ms)) {
    return Error{Status::resource_exhausted, "factor.locked",
                 "Too many wrong codes. Wait a quarter of an hour."}
        .with(Retry::later)
        .detail("retry_after_ms", std::to_string(facts.tries.retry_after_ms(now_ms)));
  }
  if (!facts.readable && !facts.recovery_number) {
    return Error{Status::data_loss, "crypto.open_failed",
                 "What is stored of the second factor cannot be opened."};
  }
  if (!facts.step && !facts.recovery_number) {
    return Error{Status::unauthenticated, "factor.code_wrong",
                 "This is not the code, or it has been used."}
        .at(std::string(field));
  }
  return std::nullopt;
}

void settle_factor(sql::Transaction& tx, AccountId id, const FactorFacts& facts, TimeMs now_ms) {
  const std::optional<Error> refusal = judge(facts, "", now_ms);
  if (!refusal && facts.step) {
    tx.run_exactly(1, accept_step, *facts.step, id, *facts.step);
  } else if (!refusal) {
    tx.run_exactly(1, use_recovery, now_ms, id, *facts.recovery_number);
  } else if (refusal->reason == "factor.code_wrong") {
    const Tries tries = facts.tries.after_wrong(now_ms);
    tx.run_exactly(1, count_factor_try, tries.count, tries.from_ms, id, facts.tries.count);
  }
}

std::vector<std::string> recovery_codes(const keys::KeyRing& keys, AccountId id,
                                        const RecoveryNonce& nonce) {
  std::vector<std::string> codes;
  for (int number = 1; number <= recovery_codes_count; ++number) {
    const std::string letters = letters_of(keys, id, nonce, number);
    std::string& code = codes.emplace_back();
    for (std::size_t i = 0; i < letters.size(); ++i) {
      code += i > 0 && i % 4 == 0 ? "-" : "";
      code += letters[i];
    }
  }
  return codes;
}

void replace_recovery_codes(sql::Transaction& tx, const keys::KeyRing& keys, AccountId id,
                            const RecoveryNonce& nonce) {
  tx.run(delete_recovery, id);
  for (int number = 1; number <= recovery_codes_count; ++number) {
    tx.run_exactly(1, insert_recovery, id, number,
                   recovery_hash(keys, id, letters_of(keys, id, nonce, number)));
  }
}

std::int64_t count_recovery_codes(sql::Transaction& tx, AccountId id) {
  std::int64_t count = 0;
  sql::Rows rows = tx.query(list_recovery, id);
  while (rows.next()) {
    ++count;
  }
  return count;
}

}  // namespace kameng::account
