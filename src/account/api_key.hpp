// api_key.hpp - keys of programs: their handlers, and who a signed request comes from.
#pragma once

#include <optional>

#include <kameng/api_key.hpp>
#include <kameng/signed_request.hpp>

#include "account/account_status.hpp"
#include "account/http_signature.hpp"
#include "base/clock.hpp"
#include "command/command.hpp"
#include "keys/key_ring.hpp"

namespace kameng::account {

struct SignedCaller {
  ApiKeyId key_id;
  AccountId account_id;
  AccountStatus status = AccountStatus::frozen;
};

// A signature counts for five minutes before and after its time, and once.
inline constexpr std::int64_t signature_fresh_ms = 300'000;

// Whose signature this is. UNAUTHENTICATED signature.invalid (of whatever is wrong with it, an
// unknown key included), signature.stale.
[[nodiscard]] Result<SignedCaller> find_signer(sql::Transaction& tx, const keys::KeyRing& keys,
                                               const ParsedSignature& parsed, TimeMs now_ms);
// False when the nonce has been used; in a transaction that writes.
[[nodiscard]] bool use_nonce(sql::Transaction& tx, const keys::KeyRing& keys,
                             const ParsedSignature& parsed);
// Deletes up to `rows_max` nonces that no signature can bring any more; how many.
std::int64_t prune_signatures(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max);

[[nodiscard]] Error signature_invalid();

class ApiKeyService {
 public:
  [[nodiscard]] Result<api_key::Created> create(command::Command& command,
                                                const api_key::Create& request);
  [[nodiscard]] Result<api_key::Created> rotate(command::Command& command,
                                                const api_key::Rotate& request);
  [[nodiscard]] Result<api_key::Keys> list(command::Query& query, const api_key::List& request);
  [[nodiscard]] Result<api_key::Gone> revoke(command::Command& command,
                                             const api_key::Revoke& request);
};

}  // namespace kameng::account
