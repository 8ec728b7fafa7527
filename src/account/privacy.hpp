// privacy.hpp - consents, and erasing a person: what the account's own tables hold of it.
//
// Not here: what orders hold (order/forget.hpp), and the operations, which see both
// (engine/privacy_service.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>
#include <kameng/privacy.hpp>

#include "base/clock.hpp"
#include "sql/transaction.hpp"

namespace kameng::account {

// A column that holds something personal of an account; privacy::PersonalField in words.
struct PersonalColumn {
  std::string_view table;
  std::string_view column;
  std::string_view owner;  // the column that names the account; empty: a guest's, by order
  std::string_view purpose;
  std::string_view key;
  std::string_view retention;
  std::string_view erased_by;
};

inline constexpr std::string_view until_erased = "until the account is erased";
inline constexpr std::string_view by_erase = "privacy.erase";

inline constexpr std::array personal_columns{
    PersonalColumn{"account", "person_key", "id", "opens what is sealed below", "ring",
                   until_erased, by_erase},
    PersonalColumn{"account", "email", "id", "sign-in", "person", until_erased, by_erase},
    PersonalColumn{"account", "email_blind", "id", "sign-in", "hash", until_erased, by_erase},
    PersonalColumn{"account", "phone", "id", "sign-in", "person", until_erased, by_erase},
    PersonalColumn{"account", "phone_blind", "id", "sign-in", "hash", until_erased, by_erase},
    PersonalColumn{"account", "display_name", "id", "address", "person", until_erased, by_erase},
    PersonalColumn{"account", "password_hash", "id", "sign-in", "hash", until_erased, by_erase},
    PersonalColumn{"account", "locale", "id", "messages in the person's language", "clear",
                   until_erased, by_erase},
    PersonalColumn{"identity", "subject", "account_id", "sign-in", "person", until_erased,
                   "privacy.erase, identity.unlink"},
    PersonalColumn{"identity", "subject_blind", "account_id", "sign-in", "hash", until_erased,
                   "privacy.erase, identity.unlink"},
    PersonalColumn{"identity", "union_blind", "account_id", "sign-in", "hash", until_erased,
                   "privacy.erase, identity.unlink"},
    PersonalColumn{"identity_flow", "held", "", "a sign-in that is under way", "ring",
                   "ten minutes", "system.run_due"},
    PersonalColumn{"session", "device", "account_id", "list of devices", "person",
                   "30 days after its end", "privacy.erase, system.run_due"},
    PersonalColumn{"session", "user_agent", "account_id", "list of devices", "person", "as device",
                   by_erase},
    PersonalColumn{"session", "ip", "account_id", "list of devices", "person", "as device",
                   by_erase},
    PersonalColumn{"factor", "secret", "account_id", "second factor", "person", until_erased,
                   "privacy.erase, factor.disable"},
    PersonalColumn{"verification", "contact_blind", "", "limits of codes", "hash", "one day",
                   "privacy.erase, system.run_due"},
    PersonalColumn{"verification", "network_blind", "", "limits of codes", "hash", "one day",
                   "privacy.erase, system.run_due"},
    PersonalColumn{"outbox", "request", "", "a message that is on its way", "ring",
                   "until it is sent, ten minutes at most while the outbox is pulled",
                   "outbox.done, outbox.pull"},
};

void add_consent(sql::Transaction& tx, AccountId id, const privacy::Consent& consent);
[[nodiscard]] std::vector<privacy::Consent> consents_of(sql::Transaction& tx, AccountId id,
                                                        int limit);

// When the person was erased; nothing: not at all.
[[nodiscard]] std::optional<TimeMs> erased_at(sql::Transaction& tx, AccountId id);
// Destroys the person's key and removes what is personal from the account's tables. The row stays
// as a pseudonym, because orders and journals name it. Twice is harmless.
void erase_person(sql::Transaction& tx, AccountId id, TimeMs now_ms);

// How long what a person did to their account's security is kept: the six months for which network
// logs have to be (Cybersecurity Law article 21), and what becomes of sessions and closed accounts.
inline constexpr std::int64_t event_days = 180;
inline constexpr std::int64_t ended_session_days = 30;
inline constexpr std::int64_t closed_account_days = 30;

// Each deletes up to `rows_max` rows that are kept no longer; how many.
std::int64_t prune_sessions(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max);
std::int64_t prune_events(sql::Transaction& tx, TimeMs now_ms, std::int64_t rows_max);

struct ClosingFacts {
  bool exists = false;  // and is not erased
  std::optional<TimeMs> closed_at_ms;
  bool is_staff = false;

  [[nodiscard]] bool may_act() const { return exists && !closed_at_ms; }
};
// Locks the account.
[[nodiscard]] ClosingFacts read_closing(sql::Transaction& tx, AccountId id);
// Ends every way in. What is personal stays until erase_person().
void close(sql::Transaction& tx, AccountId id, TimeMs now_ms);

struct Erasure {
  AccountId account_id;
  TimeMs at_ms = 0;
};
// Up to `limit` of those behind `after`, in the order of their ids.
[[nodiscard]] std::vector<Erasure> erasures_after(sql::Transaction& tx, AccountId after, int limit);

}  // namespace kameng::account
