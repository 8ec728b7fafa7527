// factor.hpp - the second factor inside a phase: looked at, judged, and settled. Signing in,
// proving and confirming all go this way.
//
// Five wrong codes in fifteen minutes close it for as long.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/result.hpp>

#include "account/tries.hpp"
#include "base/clock.hpp"
#include "keys/key_ring.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

using RecoveryNonce = std::array<std::uint8_t, 16>;
inline constexpr int recovery_codes_count = 10;

struct FactorFacts {
  bool exists = false;  // enrolled, maybe not confirmed yet
  bool enabled = false;
  std::optional<TimeMs> since_ms = {};
  std::optional<RecoveryNonce> recovery_nonce = {};
  bool readable = true;  // false: the secret does not open
  Tries tries = {};
  // What the code that was brought is, if anything.
  bool code_brought = false;
  std::optional<std::int64_t> step = {};
  std::optional<std::int64_t> recovery_number = {};
};

// `code` is what the app shows, or a recovery code however it is spaced; nothing: none was brought.
[[nodiscard]] FactorFacts read_factor(sql::Transaction& tx, const keys::KeyRing& keys, AccountId id,
                                      const std::optional<std::string>& code, TimeMs now_ms);
// Nothing when it is right. UNAUTHENTICATED factor.code_required, factor.code_wrong;
// RESOURCE_EXHAUSTED factor.locked; DATA_LOSS crypto.open_failed. Errors are at `field`.
[[nodiscard]] std::optional<Error> judge(const FactorFacts& facts, std::string_view field,
                                         TimeMs now_ms);
// The step or the recovery code is used, or a try is counted.
void settle_factor(sql::Transaction& tx, AccountId id, const FactorFacts& facts, TimeMs now_ms);

// "ABCD-EFGH-IJKL-MNOP", 80 bits each, the same for the same arguments.
[[nodiscard]] std::vector<std::string> recovery_codes(const keys::KeyRing& keys, AccountId id,
                                                      const RecoveryNonce& nonce);
// In place of those that were there.
void replace_recovery_codes(sql::Transaction& tx, const keys::KeyRing& keys, AccountId id,
                            const RecoveryNonce& nonce);
[[nodiscard]] std::int64_t count_recovery_codes(sql::Transaction& tx, AccountId id);

// The secret of an app that has not shown a first code yet, opened: once it counts, nobody is told
// it again. DATA_LOSS crypto.open_failed; FAILED_PRECONDITION factor.none, factor.exists.
[[nodiscard]] Result<SecretBytes> find_pending_secret(sql::Transaction& tx,
                                                      const keys::KeyRing& keys, AccountId id);

}  // namespace kameng::account
