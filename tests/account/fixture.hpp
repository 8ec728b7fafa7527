// fixture.hpp - keys and people for the account tests.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "account/account_sql.hpp"
#include "account/centre_schema.hpp"
#include "account/factor_schema.hpp"
#include "account/login.hpp"
#include "account/register.hpp"
#include "account/session.hpp"
#include "account/verification_schema.hpp"
#include "base/random.hpp"
#include "crypto/random.hpp"
#include "keys/key_ring.hpp"
#include "keys/master_key.hpp"
#include "support/memory_database.hpp"

namespace kameng::account {

inline constexpr std::int64_t day_ms = 24LL * 60 * 60 * 1000;
inline constexpr std::int64_t session_ms = 30 * day_ms;

// Accounts and sessions in memory; writes go the way of the handlers, without passwords.
class People {
 public:
  People()
      : People({account_schema, account_schema_5, verification_schema, factor_schema,
                centre_schema}) {}
  People(std::initializer_list<sql::Script> schemas) : memory(schemas) {
    REQUIRE(crypto::start().ok());
    auto masters = std::make_shared<const keys::MasterKeys>(keys::MasterKey::draw(random));
    auto made = keys::KeyRing::make(masters, keys::draw_data_keys(random));
    REQUIRE(made.ok());
    ring = *made;
  }

  template <class IdType>
  IdType next_id() {
    return IdType{make_id_bytes(now_ms, random.draw<10>())};
  }

  NewAccount prepare(const Person& person) {
    NewAccount account;
    account.id = next_id<AccountId>();
    account.password_hash = "hash of a password";
    account.person = seal(*ring, random, account.id, person);
    account.blinds = blind(*ring, person);
    account.created_at_ms = now_ms;
    return account;
  }

  AccountId add(const Person& person) {
    const NewAccount account = prepare(person);
    return memory.write([&](sql::Transaction& tx) {
      const auto decision = decide(read_facts(tx, *ring, account), account);
      REQUIRE(decision.plan.has_value());
      return apply(tx, *decision.plan).account_id;
    });
  }

  AccountId add_email(const std::string& email) {
    Person person;
    person.email = email;
    return add(person);
  }

  NewSession prepare_session(AccountId account_id) {
    NewSession session;
    session.id = next_id<SessionId>();
    session.account_id = account_id;
    session.nonce = random.draw<16>();
    session.token_hash = session_token_hash(*ring, session_token(*ring, session.id, session.nonce));
    session.created_at_ms = now_ms;
    session.expires_at_ms = now_ms + session_ms;
    session.absolute_until_ms = now_ms + 3 * session_ms;
    session.verified_hash = "hash of a password";
    return session;
  }

  // Opens a session and gives its token.
  std::string sign_in(AccountId account_id) {
    const NewSession session = prepare_session(account_id);
    memory.write([&](sql::Transaction& tx) {
      const auto facts = read_facts(tx, *ring, session);
      REQUIRE(facts.has_value());
      const auto decision = decide(*facts, session);
      REQUIRE(decision.plan.has_value());
      return apply(tx, *decision.plan).session_id;
    });
    return session_token(*ring, session.id, session.nonce);
  }

  std::optional<Session> who(const std::string& token) {
    return memory.read(
        [&](sql::Transaction& tx) { return authenticate(tx, *ring, token, now_ms, session_ms); });
  }

  SeededRandom random{5};
  TimeMs now_ms = 1'700'000'000'000;
  std::shared_ptr<const keys::KeyRing> ring;
  tests::MemoryDatabase memory;
};

}  // namespace kameng::account
