// session_test.cpp - signing in and out, tokens, and how long they last.
#include "account/session.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "account/fixture.hpp"
#include "account/login.hpp"
#include "account/logout.hpp"

namespace kameng::account {
namespace {

constexpr sql::Statement freeze{"test.freeze",
                                "UPDATE {p}account SET status = 'frozen' WHERE id = ?"};
constexpr sql::Statement count_sessions{"test.count_sessions", "SELECT count(*) FROM {p}session"};

std::int64_t sessions(People& people) {
  return people.memory.read([](sql::Transaction& tx) {
    sql::Rows rows = tx.query(count_sessions);
    return rows.next() ? rows.int64(0) : -1;
  });
}

command::Actor actor_of(const Session& session) {
  command::Actor actor;
  actor.kind = command::ActorKind::customer;
  actor.account_id = session.account_id;
  actor.session_id = session.session_id;
  return actor;
}

LogoutPlan sign_out(People& people, const command::Actor& actor) {
  return people.memory.write([&](sql::Transaction& tx) {
    const auto decision = decide(read_facts(tx, actor));
    REQUIRE(decision.plan.has_value());
    (void)apply(tx, *decision.plan);
    return *decision.plan;
  });
}

}  // namespace

TEST_SUITE("account") {
  // Goal: a frozen person who knows the password is told so, and gets no session.
  // Method: decide() on both statuses.
  TEST_CASE("a frozen account opens no session") {
    const auto active = decide(LoginFacts{.status = AccountStatus::active}, NewSession{});
    REQUIRE(active.plan.has_value());
    REQUIRE(active.plan->entries.size() == 1);
    CHECK(active.plan->entries[0].kind == "account.logged_in");
    const auto frozen = decide(LoginFacts{.status = AccountStatus::frozen}, NewSession{});
    REQUIRE(frozen.refusal.has_value());
    CHECK(frozen.refusal->reason == "account.frozen");
    CHECK(frozen.refusal->status == Status::permission_denied);
    CHECK_FALSE(frozen.plan.has_value());
  }

  // Goal: a contact finds its account however it is typed, and nothing else does.
  // Method: one account with both contacts; identifiers through read_identifier() and
  // find_credentials().
  TEST_CASE("an identifier finds the account by address or by phone") {
    People people;
    Person person;
    person.email = "tom@example.com";
    person.phone = "+8613800138000";
    const AccountId id = people.add(person);
    const auto find = [&](std::string_view identifier) {
      return people.memory.read([&](sql::Transaction& tx) {
        return find_credentials(tx, blind(*people.ring, read_identifier(identifier)));
      });
    };
    for (const char* identifier :
         {"tom@example.com", "TOM@example.COM", "13800138000", "+86 138-0013-8000"}) {
      CAPTURE(identifier);
      const auto credentials = find(identifier);
      REQUIRE(credentials.has_value());
      CHECK(credentials->account_id == id);
      CHECK(credentials->password_hash == "hash of a password");
    }
    for (const char* identifier : {"tim@example.com", "13800138001", "tom", "@", ""}) {
      CAPTURE(identifier);
      CHECK_FALSE(find(identifier).has_value());
    }
  }

  // Goal: a password that has changed between its check and the phase opens nothing.
  // Method: read_facts() with the hash that was checked, and with another one.
  TEST_CASE("a session is not opened on an outdated password") {
    People people;
    NewSession session = people.prepare_session(people.add_email("a@example.com"));
    const auto facts = [&] {
      return people.memory.read(
          [&](sql::Transaction& tx) { return read_facts(tx, *people.ring, session); });
    };
    CHECK(facts().has_value());
    session.verified_hash = "hash of the former password";
    CHECK_FALSE(facts().has_value());
  }

  // Goal: only the token itself is let in, and it names its own session and account.
  // Method: two people sign in; their tokens, and tokens altered in one place, cut, extended or
  // empty.
  TEST_CASE("a token names its session, and a text near it names none") {
    People people;
    const AccountId first = people.add_email("a@example.com");
    const AccountId second = people.add_email("b@example.com");
    const std::string first_token = people.sign_in(first);
    const std::string second_token = people.sign_in(second);
    REQUIRE(people.who(first_token).has_value());
    CHECK(people.who(first_token)->account_id == first);
    CHECK(people.who(second_token)->account_id == second);
    CHECK(people.who(first_token)->status == AccountStatus::active);
    CHECK(people.who(first_token)->session_id != people.who(second_token)->session_id);

    std::vector<std::string> wrong{"", "kst_", first_token + "A", first_token.substr(1)};
    wrong.push_back(first_token.substr(0, first_token.size() - 1));
    for (std::size_t i = 0; i < first_token.size(); ++i) {
      wrong.push_back(first_token);
      wrong.back()[i] = wrong.back()[i] == 'A' ? 'B' : 'A';
    }
    for (const std::string& token : wrong) {
      CHECK_FALSE(people.who(token).has_value());
    }
  }

  // Goal: the token of a session can be made again from its row, for a repeated call.
  // Method: the nonce is read back and gives the same token; an unknown session has none.
  TEST_CASE("a token can be derived again from its session") {
    People people;
    const std::string token = people.sign_in(people.add_email("a@example.com"));
    const SessionId id = people.who(token)->session_id;
    const auto nonce = people.memory.read([&](sql::Transaction& tx) { return find_nonce(tx, id); });
    REQUIRE(nonce.has_value());
    CHECK(session_token(*people.ring, id, *nonce) == token);
    const auto none = people.memory.read(
        [&](sql::Transaction& tx) { return find_nonce(tx, people.next_id<SessionId>()); });
    CHECK_FALSE(none.has_value());
  }

  // Goal: a session ends 30 days after it was last renewed, and asks for renewal at a tenth of
  // that. Method: the clock walks to both sides of each limit.
  TEST_CASE("a session slides, and is written at most every tenth of its window") {
    People people;
    const std::string token = people.sign_in(people.add_email("a@example.com"));
    const TimeMs start = people.now_ms;
    people.now_ms = start + 3 * day_ms - 1;
    CHECK_FALSE(people.who(token)->needs_renewal);
    people.now_ms = start + 3 * day_ms;
    CHECK(people.who(token)->needs_renewal);

    const SessionId id = people.who(token)->session_id;
    const auto renew_now = [&] {
      people.memory.write([&](sql::Transaction& tx) {
        renew(tx, id, people.now_ms, session_ms);
        return true;
      });
    };
    renew_now();
    CHECK_FALSE(people.who(token)->needs_renewal);
    people.now_ms = start + 33 * day_ms - 1;
    CHECK(people.who(token).has_value());
    people.now_ms = start + 33 * day_ms;
    CHECK_FALSE(people.who(token).has_value());

    // An older clock's renewal arrives late and takes nothing away.
    people.now_ms = start + day_ms;
    renew_now();
    people.now_ms = start + 33 * day_ms - 1;
    CHECK(people.who(token).has_value());
  }

  // Goal: signing out ends this session at once and no other; doing it again is no error.
  // Method: two sessions of one person; the first signs out twice.
  TEST_CASE("signing out ends one session") {
    People people;
    const AccountId id = people.add_email("a@example.com");
    const std::string first = people.sign_in(id);
    const std::string second = people.sign_in(id);
    const command::Actor actor = actor_of(*people.who(first));
    const LogoutPlan plan = sign_out(people, actor);
    REQUIRE(plan.entries.size() == 1);
    CHECK(plan.entries[0].kind == "account.logged_out");
    CHECK_FALSE(people.who(first).has_value());
    CHECK(people.who(second).has_value());
    const LogoutPlan again = sign_out(people, actor);
    CHECK(again.entries.empty());
    CHECK_FALSE(again.revoke.has_value());
  }

  // Goal: nobody ends a session without having one, or another person's.
  // Method: the host on a customer's behalf; an actor with somebody else's session id.
  TEST_CASE("only one's own session can be ended") {
    People people;
    const std::string token = people.sign_in(people.add_email("a@example.com"));
    LogoutFacts facts;
    facts.account_id = people.who(token)->account_id;
    const auto refused = decide(facts);
    REQUIRE(refused.refusal.has_value());
    CHECK(refused.refusal->reason == "session.none");

    command::Actor stranger = actor_of(*people.who(token));
    stranger.account_id = people.add_email("b@example.com");
    CHECK_FALSE(sign_out(people, stranger).revoke.has_value());
    CHECK(people.who(token).has_value());
  }

  // Goal: a frozen person's token still says whose it is, so that dispatch can refuse with the
  // reason. Method: freeze after signing in.
  TEST_CASE("the token of a frozen account says that it is frozen") {
    People people;
    const AccountId id = people.add_email("a@example.com");
    const std::string token = people.sign_in(id);
    people.memory.write([&](sql::Transaction& tx) { return tx.run_count(freeze, id); });
    REQUIRE(people.who(token).has_value());
    CHECK(people.who(token)->status == AccountStatus::frozen);
  }

  // Goal: sessions do not pile up, and a better hash replaces the stored one.
  // Method: three sessions expire; the next sign-in, which carries a better hash, leaves one row.
  TEST_CASE("signing in removes the person's expired sessions and renews the hash") {
    People people;
    const AccountId id = people.add_email("a@example.com");
    const AccountId other = people.add_email("b@example.com");
    for (int i = 0; i < 3; ++i) {
      people.sign_in(id);
    }
    people.sign_in(other);
    people.now_ms += session_ms;
    CHECK(sessions(people) == 4);
    NewSession session = people.prepare_session(id);
    session.better_hash = "hash at a higher cost";
    people.memory.write([&](sql::Transaction& tx) {
      const auto decision = decide(*read_facts(tx, *people.ring, session), session);
      return apply(tx, *decision.plan).session_id;
    });
    CHECK(sessions(people) == 2);  // the new one and the other person's
    Person person;
    person.email = "a@example.com";
    const auto credentials = people.memory.read(
        [&](sql::Transaction& tx) { return find_credentials(tx, blind(*people.ring, person)); });
    REQUIRE(credentials.has_value());
    CHECK(credentials->password_hash == "hash at a higher cost");
  }
}

}  // namespace kameng::account
