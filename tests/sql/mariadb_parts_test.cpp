// mariadb_parts_test.cpp - addresses and messages, which need no server.

#include <vector>

#include <doctest/doctest.h>

#include "sql/mariadb/dsn.hpp"
#include "sql/mariadb/fault.hpp"
#include "sql/marks.hpp"

namespace kameng::sql::mariadb {

TEST_SUITE_BEGIN("sql");

// Goal: every part of an address arrives.
// Method: addresses that are right, and what comes out of them.
TEST_CASE("addresses of servers") {
  const auto full = parse_dsn("mariadb://us%3Aer:p%40ss%2F:w@db.example:3307/shop");
  REQUIRE(full);
  CHECK(full->user == "us:er");
  CHECK(full->password == "p@ss/:w");
  CHECK(full->host == "db.example");
  CHECK(full->port == 3307);
  CHECK(full->database == "shop");
  CHECK_FALSE(full->encrypted);
  const auto socket = parse_dsn("mysql://u@localhost/d?socket=/run/x%3F.sock");
  REQUIRE(socket);
  CHECK(socket->socket == "/run/x?.sock");
  CHECK(socket->password.empty());
  CHECK(parse_dsn("mariadb://u@/d?socket=/s"));
  const auto six = parse_dsn("mariadb://u@[::1]:99/d");
  REQUIRE(six);
  CHECK(six->host == "::1");
  CHECK(six->port == 99);
  const auto tls = parse_dsn("mariadb://u@h/d?ssl_ca=/ca.pem&ssl_verify=0");
  REQUIRE(tls);
  CHECK(tls->encrypted);
  CHECK_FALSE(tls->verified);
  CHECK(tls->authorities == "/ca.pem");
  const auto plain = parse_dsn("mariadb://u@h/d?ssl=1");
  REQUIRE(plain);
  CHECK(plain->encrypted);
  CHECK(plain->verified);
}

// Goal: an address that is not quite right is refused, not guessed at.
// Method: one fault each.
TEST_CASE("malformed addresses of servers") {
  for (const char* const text : {"",
                                 "mariadb",
                                 "mariadb://",
                                 "postgresql://u@h/d",
                                 "mariadb://h/d",
                                 "mariadb://:p@h/d",
                                 "mariadb://u@h",
                                 "mariadb://u@h/",
                                 "mariadb://u@h/a/b",
                                 "mariadb://u@/d",
                                 "mariadb://u@h@g/d",
                                 "mariadb://u@h:/d",
                                 "mariadb://u@h:0/d",
                                 "mariadb://u@h:65536/d",
                                 "mariadb://u@h:33x/d",
                                 "mariadb://u@h:3306:1/d",
                                 "mariadb://u%4@h/d",
                                 "mariadb://u%zz@h/d",
                                 "mariadb://u%00@h/d",
                                 "mariadb://u @h/d",
                                 "mariadb://u@h/d?",
                                 "mariadb://u@h/d?socket",
                                 "mariadb://u@h/d?socket=/s",
                                 "mariadb://u@localhost/d?socket=",
                                 "mariadb://u@h/d?ssl=yes",
                                 "mariadb://u@h/d?ssl=1&ssl=1",
                                 "mariadb://u@h/d?ssl=1&",
                                 "mariadb://u@h/d?&ssl=1",
                                 "mariadb://u@h/d?ssl=0&ssl_ca=/x",
                                 "mariadb://u@h/d?ssl_cert=/x",
                                 "mariadb://u@h/d?what=1",
                                 "mariadb://u@[::1/d",
                                 "mariadb://u@[]/d",
                                 "mariadb://u@[::1]x/d",
                                 " mariadb://u@h/d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_dsn(text));
  }
}

// Goal: a script may end in a semicolon or a comment, and marks in quotes end no statement.
// Method: scripts and what is sent of them.
TEST_CASE("empty statements of a script are left out") {
  struct Case {
    const char* script;
    const char* sent;
  };
  const std::vector<Case> cases{
      {"", ""},
      {" ;\n; -- a\n", ""},
      {"/* a; b */", ""},
      {"a;", "a"},
      {"a; b", "a; b"},
      {"a;; -- c; d\n;b -- e;f\n;\n", "a;b -- e;f\n"},
      {"a ';' \";\" `;`;b", "a ';' \";\" `;`;b"},
      {"-- c\na; '", "-- c\na; '"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.script);
    CHECK(without_empty_statements(one.script) == one.sent);
  }
}

// Goal: of a message only a constraint's name travels, whatever the value beside it says.
// Method: messages, friendly and not.
TEST_CASE("the name of a constraint is cut out of a message") {
  const auto name = [](const char* message) {
    return failure_of(1062, message, "s", "kameng_").constraint;
  };
  CHECK(name("Duplicate entry '1' for key 'kameng_order_number'") == "order_number");
  CHECK(name("Duplicate entry '1' for key 'PRIMARY'") == "PRIMARY");
  CHECK(name("Duplicate entry '1' for key 'kameng_order.PRIMARY'") == "order");
  CHECK(name("Duplicate entry 'x' for key 'y' for key 'kameng_n'") == "n");
  CHECK(name("Duplicate entry 'secret").empty());
  CHECK(name("Duplicate entry 'x' for key 'a secret'").empty());
  const auto check = [](const char* message) {
    return failure_of(4025, message, "s", "kameng_").constraint;
  };
  CHECK(check("CONSTRAINT `kameng_positive` failed for `site`.`kameng_note`") == "positive");
  CHECK(check("CONSTRAINT `kameng_note.amount` failed for `site`.`kameng_note`") == "note.amount");
  CHECK(check("CONSTRAINT `a secret` failed for `site`.`kameng_note`").empty());
  CHECK(check("CONSTRAINT `kameng_positive").empty());
  CHECK(check("secret").empty());
  CHECK(failure_of(1406, "Data too long: secret", "s", "").hint.empty());
  CHECK(failure_of(1064, "near 'SELEC'", "s", "").hint == "near 'SELEC'");
  CHECK(failure_of(9999, "secret", "s", "").hint == "The server answered 9999.");
}

TEST_SUITE_END();

}  // namespace kameng::sql::mariadb
