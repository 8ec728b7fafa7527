// verification.hpp - codes that are sent to a contact: made, bounded, and used up.
//
// Ten minutes, five tries, one use. A contact gets one a minute and ten a day, a network prefix ten
// in ten minutes. What asks for a code looks the same whether the contact has an account or not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/outbox.hpp>
#include <kameng/verification.hpp>

#include "account/person.hpp"
#include "audit/entry.hpp"
#include "base/clock.hpp"
#include "command/decision.hpp"
#include "crypto/hash.hpp"
#include "keys/key_ring.hpp"
#include "queue/outbox.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// What a code is good for.
enum class CodePurpose : std::uint8_t { sign_up, sign_in, reset, contact };
[[nodiscard]] std::string_view code_purpose_name(CodePurpose purpose) noexcept;
[[nodiscard]] CodePurpose parse_code_purpose(std::string_view name) noexcept;

// Made before the phase.
struct NewVerification {
  VerificationId id;
  CodePurpose purpose = CodePurpose::sign_up;
  std::optional<AccountId> account_id;  // who asks, for a contact of their own
  Blinds blinds;
  Bytes contact_blind;                 // the one of both that is there
  std::optional<Bytes> network_blind;  // nothing: no address was told
  crypto::Hash32 code_hash{};
  queue::OutboxCall with_code;       // the message, if the code is sent
  queue::OutboxCall account_exists;  // or this one
  TimeMs now_ms = 0;
};

struct BeginFacts {
  std::optional<AccountId> owner;  // of the contact
  std::int64_t of_contact = 0;     // asked for in a day
  std::optional<TimeMs> last_ms;   // the last of them
  std::int64_t of_network = 0;     // asked for in ten minutes
};

struct BeginPlan {
  NewVerification verification;
  bool may_match = false;  // the code was sent
  std::optional<queue::OutboxCall> message;
  std::vector<audit::Entry> entries;
};

[[nodiscard]] BeginFacts read_facts(sql::Transaction& tx, const NewVerification& verification);
// Refuses with verification.too_soon and verification.too_many (RESOURCE_EXHAUSTED; details
// retry_after_ms).
[[nodiscard]] command::Decision<BeginPlan> decide(const BeginFacts& facts,
                                                  const NewVerification& verification);
[[nodiscard]] verification::Begun apply(sql::Transaction& tx, const BeginPlan& plan);

// A code as somebody gives it back.
struct GivenCode {
  VerificationId id;
  std::string code;
  CodePurpose purpose = CodePurpose::sign_up;
  Bytes contact_blind;
};

// What the row says of it; looked up inside a phase, the row is locked.
struct CodeFacts {
  bool known = false;  // with this purpose, for this contact
  bool right = false;
  bool expired = false;
  bool used = false;
  std::int64_t tries = 0;
};
[[nodiscard]] CodeFacts read_code(sql::Transaction& tx, const keys::KeyRing& keys,
                                  const GivenCode& given, TimeMs now_ms);
// Nothing when the code is right. UNAUTHENTICATED verification.wrong; FAILED_PRECONDITION
// verification.expired, verification.used_up.
[[nodiscard]] std::optional<Error> judge(const CodeFacts& facts);
// The row is changed as it was judged: the code is used, or a try is counted.
void settle_code(sql::Transaction& tx, const GivenCode& given, const CodeFacts& facts,
                 TimeMs now_ms);

// What a table keeps of a code.
[[nodiscard]] crypto::Hash32 code_hash(const keys::KeyRing& keys, VerificationId id,
                                       std::string_view code);
// Deletes up to `rows_max` rows that no limit counts any more; how many.
std::int64_t prune_codes(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max);

}  // namespace kameng::account
