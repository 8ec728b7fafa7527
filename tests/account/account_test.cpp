// account_test.cpp - registering, personal values and permissions.
#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "account/account_status.hpp"
#include "account/fixture.hpp"
#include "account/permissions.hpp"
#include "account/person.hpp"
#include "account/register.hpp"

namespace kameng::account {
namespace {

constexpr sql::Statement freeze{"test.freeze",
                                "UPDATE {p}account SET status = 'frozen' WHERE id = ?"};
constexpr sql::Statement count_accounts{"test.count", "SELECT count(*) FROM {p}account"};

Person full_person() {
  Person person;
  person.email = "Tom@example.com";
  person.phone = "+8613800138000";
  person.display_name = "Tom";
  return person;
}

}  // namespace

TEST_SUITE("account") {
  // Goal: a contact belongs to one account, in any spelling, and the refusal names it.
  // Method: the table of what is taken through decide(); then the database with spellings of one
  // address.
  TEST_CASE("a contact that is taken is refused and named") {
    struct Row {
      RegisterFacts facts;
      std::string field;  // empty: accepted
    };
    const std::array<Row, 4> rows{{
        {{false, false}, ""},
        {{true, false}, "email"},
        {{false, true}, "phone"},
        {{true, true}, "email"},
    }};
    for (const Row& row : rows) {
      const auto decision = decide(row.facts, NewAccount{});
      CHECK(decision.plan.has_value() == row.field.empty());
      if (!row.field.empty()) {
        REQUIRE(decision.refusal.has_value());
        CHECK(decision.refusal->reason == "account.contact_taken");
        CHECK(decision.refusal->status == Status::already_exists);
        CHECK(decision.refusal->field == row.field);
      }
    }

    People people;
    people.add(full_person());
    for (const char* spelling : {"tom@example.com", "TOM@EXAMPLE.COM", " Tom@Example.com"}) {
      const auto person = read_person(spelling, std::nullopt, std::nullopt);
      REQUIRE(person.ok());
      const NewAccount again = people.prepare(*person);
      const RegisterFacts facts = people.memory.read(
          [&](sql::Transaction& tx) { return read_facts(tx, *people.ring, again); });
      CHECK(facts.email_taken);
      CHECK_FALSE(facts.phone_taken);
    }
    const auto phone = read_person(std::nullopt, "138 0013 8000", std::nullopt);
    REQUIRE(phone.ok());
    CHECK(people.memory
              .read([&](sql::Transaction& tx) {
                return read_facts(tx, *people.ring, people.prepare(*phone));
              })
              .phone_taken);
  }

  // Goal: accounts without a phone do not collide with each other, and so with an e-mail address.
  // Method: three accounts of one contact each.
  TEST_CASE("a missing contact is nobody's contact") {
    People people;
    people.add_email("a@example.com");
    people.add_email("b@example.com");
    Person phone;
    phone.phone = "+8613800138001";
    people.add(phone);
    const std::int64_t count = people.memory.read([](sql::Transaction& tx) {
      sql::Rows rows = tx.query(count_accounts);
      return rows.next() ? rows.int64(0) : 0;
    });
    CHECK(count == 3);
  }

  // Goal: personal values open for their own account and column alone.
  // Method: seal, then open with another account, with columns exchanged, and with another person's
  // key.
  TEST_CASE("sealed contacts open for their own account and column only") {
    People people;
    const auto id = people.next_id<AccountId>();
    const SealedPerson sealed = seal(*people.ring, people.random, id, full_person());
    const auto opened = open(*people.ring, id, sealed);
    REQUIRE(opened.ok());
    CHECK(opened->email == "Tom@example.com");
    CHECK(opened->phone == "+8613800138000");
    CHECK(opened->display_name == "Tom");

    const auto lost = [&](AccountId of, const SealedPerson& what) {
      const auto outcome = open(*people.ring, of, what);
      return !outcome.ok() && outcome.error().status == Status::data_loss;
    };
    CHECK(lost(people.next_id<AccountId>(), sealed));
    SealedPerson exchanged = sealed;
    std::swap(exchanged.email, exchanged.display_name);
    CHECK(lost(id, exchanged));
    SealedPerson other_key = sealed;
    other_key.person_key = seal(*people.ring, people.random, id, full_person()).person_key;
    CHECK(lost(id, other_key));
  }

  // Goal: no contact, password or token stands in a row in clear.
  // Method: every statement's values are searched while an account registers and signs in.
  TEST_CASE("the tables hold no contact and no token in clear") {
    People people;
    const NewAccount account = people.prepare(full_person());
    std::vector<Bytes> stored{account.person.person_key, *account.person.email,
                              *account.person.phone,     *account.person.display_name,
                              *account.blinds.email,     *account.blinds.phone};
    const NewSession session = people.prepare_session(account.id);
    stored.emplace_back(session.nonce.begin(), session.nonce.end());
    stored.emplace_back(session.token_hash.begin(), session.token_hash.end());
    const std::string token = session_token(*people.ring, session.id, session.nonce);
    for (const std::string& secret : {std::string("Tom"), std::string("example"),
                                      std::string("13800138000"), token.substr(4)}) {
      for (const Bytes& value : stored) {
        CHECK(as_text(value).find(secret) == std::string_view::npos);
      }
    }
  }

  // Goal: requests without a usable contact or with an unusable password say which.
  // Method: a table of inputs and reasons.
  TEST_CASE("contacts and passwords that cannot be used are refused with their reason") {
    struct Row {
      std::optional<std::string> email;
      std::optional<std::string> phone;
      std::string reason;
    };
    const std::vector<Row> rows{{std::nullopt, std::nullopt, "account.no_contact"},
                                {"nobody", std::nullopt, "email.invalid"},
                                {std::nullopt, "12", "phone.invalid"},
                                {"a@example.com", "12", "phone.invalid"}};
    for (const Row& row : rows) {
      const auto person = read_person(row.email, row.phone, std::nullopt);
      REQUIRE_FALSE(person.ok());
      CHECK(person.error().reason == row.reason);
      CHECK(person.error().status == Status::invalid_argument);
    }
  }

  // Goal: every kind of caller may do what the table says, and nothing else.
  // Method: all kinds times all permissions.
  TEST_CASE("visitors, customers, the host and due work have their permissions") {
    const auto id = AccountId{make_id_bytes(1, std::array<std::uint8_t, 10>{})};
    const command::Actor nobody;
    const command::Actor customer{command::ActorKind::customer, id};
    const command::Actor on_behalf{command::ActorKind::customer, id, true};
    const command::Actor host{command::ActorKind::host};
    const command::Actor system{command::ActorKind::system};
    for (const Permission permission : all_permissions) {
      const bool open = permission == Permission::anyone;
      const bool own = permission == Permission::own_account;
      CHECK(allows(nobody, permission) == open);
      CHECK(allows(customer, permission) == (open || own));
      CHECK(allows(on_behalf, permission) == (open || own));
      CHECK(allows(host, permission));
      CHECK(allows(system, permission));
    }
    CHECK(acting_customer(customer).ok());
    REQUIRE_FALSE(acting_customer(host).ok());
    CHECK(acting_customer(host).error().reason == "account.required");
  }

  // Goal: an order learns whether its customer exists and is active.
  // Method: an unknown, an active and a frozen account.
  TEST_CASE("a frozen customer is found and is not active") {
    People people;
    const AccountId id = people.add_email("a@example.com");
    const auto find = [&](AccountId of) {
      return people.memory.read([&](sql::Transaction& tx) { return find_customer(tx, of); });
    };
    CHECK_FALSE(find(people.next_id<AccountId>()).has_value());
    REQUIRE(find(id).has_value());
    CHECK(find(id)->id == id);
    CHECK(find(id)->active);
    people.memory.write([&](sql::Transaction& tx) { return tx.run_count(freeze, id); });
    REQUIRE(find(id).has_value());
    CHECK_FALSE(find(id)->active);
  }
}

}  // namespace kameng::account
