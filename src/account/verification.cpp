#include "account/verification.hpp"

#include <algorithm>

#include "account/account_sql.hpp"
#include "account/verification_sql.hpp"
#include "base/secret.hpp"

namespace kameng::account {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t code_ms = 10 * minute_ms;
constexpr std::int64_t tries_max = 5;
constexpr std::int64_t day_ms = 24 * 60 * minute_ms;
constexpr std::int64_t a_day_of_contact = 10;
constexpr std::int64_t network_window_ms = 10 * minute_ms;
constexpr std::int64_t a_window_of_network = 10;

[[nodiscard]] Error too_often(std::string_view reason, std::int64_t wait_ms) {
  return Error{Status::resource_exhausted, std::string(reason),
               "Too many codes were asked for. Wait a while."}
      .with(Retry::later)
      .detail("retry_after_ms", std::to_string(wait_ms));
}

// Whether the code can be good for anything: a contact that somebody has is no new one, and nobody
// signs in by one that nobody has.
[[nodiscard]] bool may_match(const BeginFacts& facts, const NewVerification& verification) {
  switch (verification.purpose) {
    case CodePurpose::sign_up:
      return !facts.owner;
    case CodePurpose::contact:
      return !facts.owner || facts.owner == verification.account_id;
    case CodePurpose::sign_in:
    case CodePurpose::reset:
      return facts.owner.has_value();
  }
  return false;
}

}  // namespace

std::string_view code_purpose_name(CodePurpose purpose) noexcept {
  switch (purpose) {
    case CodePurpose::sign_up:
      return "register";
    case CodePurpose::sign_in:
      return "login";
    case CodePurpose::reset:
      return "reset";
    case CodePurpose::contact:
      return "contact";
  }
  return "unknown";
}

CodePurpose parse_code_purpose(std::string_view name) noexcept {
  return name == "register"  ? CodePurpose::sign_up
         : name == "login"   ? CodePurpose::sign_in
         : name == "contact" ? CodePurpose::contact
                             : CodePurpose::reset;
}

crypto::Hash32 code_hash(const keys::KeyRing& keys, VerificationId id, std::string_view code) {
  const SecretText text(id.text() + "/" + std::string(code));
  return keys.hash_of_secret(text.view());
}

BeginFacts read_facts(sql::Transaction& tx, const NewVerification& verification) {
  BeginFacts facts;
  {
    sql::Rows rows = verification.blinds.email
                         ? tx.query(find_email_blind, *verification.blinds.email)
                         : tx.query(find_phone_blind, verification.blinds.phone);
    if (rows.next()) {
      facts.owner = rows.id<AccountId>(0);
    }
  }
  {
    sql::Rows rows = tx.query(count_verifications_of_contact, verification.contact_blind,
                              verification.now_ms - day_ms);
    if (rows.next() && rows.int64(0) > 0) {
      facts.of_contact = rows.int64(0);
      facts.last_ms = rows.int64(1);
    }
  }
  if (verification.network_blind) {
    sql::Rows rows = tx.query(count_verifications_of_network, *verification.network_blind,
                              verification.now_ms - network_window_ms);
    facts.of_network = rows.next() ? rows.int64(0) : 0;
  }
  return facts;
}

command::Decision<BeginPlan> decide(const BeginFacts& facts, const NewVerification& verification) {
  using Decision = command::Decision<BeginPlan>;
  if (facts.last_ms && verification.now_ms < *facts.last_ms + minute_ms) {
    return Decision::refuse(
        too_often("verification.too_soon", *facts.last_ms + minute_ms - verification.now_ms));
  }
  if (facts.of_contact >= a_day_of_contact || facts.of_network >= a_window_of_network) {
    return Decision::refuse(too_often("verification.too_many", network_window_ms));
  }
  BeginPlan plan;
  plan.verification = verification;
  plan.may_match = may_match(facts, verification);
  if (plan.may_match) {
    plan.message = verification.with_code;
  } else if (facts.owner) {
    plan.message = verification.account_exists;
  }
  return Decision::accept(std::move(plan));
}

verification::Begun apply(sql::Transaction& tx, const BeginPlan& plan) {
  const NewVerification& made = plan.verification;
  const std::optional<crypto::Hash32> hash =
      plan.may_match ? std::optional<crypto::Hash32>(made.code_hash) : std::nullopt;
  tx.run_exactly(1, insert_verification, made.id, code_purpose_name(made.purpose),
                 made.contact_blind, made.network_blind, hash, made.now_ms, made.now_ms / minute_ms,
                 made.now_ms + code_ms);
  if (plan.message) {
    queue::enqueue(tx, *plan.message, made.now_ms, made.now_ms);
  }
  return {made.id, made.now_ms + code_ms, made.now_ms + minute_ms};
}

CodeFacts read_code(sql::Transaction& tx, const keys::KeyRing& keys, const GivenCode& given,
                    TimeMs now_ms) {
  CodeFacts facts;
  const crypto::Hash32 hash = code_hash(keys, given.id, given.code);
  sql::Rows rows = tx.query(find_verification, given.id);
  if (!rows.next()) {
    return facts;
  }
  facts.known = rows.text_view(0) == code_purpose_name(given.purpose) &&
                equal_constant_time(rows.blob_view(1), given.contact_blind);
  facts.right = !rows.is_null(2) && equal_constant_time(rows.blob_view(2), hash);
  facts.tries = rows.int64(3);
  facts.expired = rows.int64(4) <= now_ms;
  facts.used = !rows.is_null(5);
  return facts;
}

std::optional<Error> judge(const CodeFacts& facts) {
  if (facts.known && (facts.used || facts.tries >= tries_max)) {
    return Error{Status::failed_precondition, "verification.used_up",
                 "This code has been used, or tried too often. Ask for another."}
        .at("code");
  }
  if (facts.known && facts.expired) {
    return Error{Status::failed_precondition, "verification.expired",
                 "This code is too old. Ask for another."}
        .at("code");
  }
  if (!facts.known || !facts.right) {
    return Error{Status::unauthenticated, "verification.wrong", "This is not the code."}.at("code");
  }
  return std::nullopt;
}

void settle_code(sql::Transaction& tx, const GivenCode& given, const CodeFacts& facts,
                 TimeMs now_ms) {
  if (!judge(facts)) {
    tx.run_exactly(1, use_verification, now_ms, given.id, facts.tries);
  } else if (facts.known && !facts.used && !facts.expired && facts.tries < tries_max) {
    tx.run_exactly(1, count_try, given.id, facts.tries);
  }
}

std::int64_t prune_codes(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max) {
  return tx.run_count(prune_verifications, now_ms - day_ms, rows_max);
}

}  // namespace kameng::account
