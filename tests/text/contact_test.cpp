#include "text/contact.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

using kameng::text::email_index_form;
using kameng::text::normalize_email;
using kameng::text::normalize_phone;

TEST_SUITE("text") {
  // Goal: every spelling of one address ends as one written form, and what is not an address is
  // refused. Method: one row per spelling; an empty right side means refused.
  TEST_CASE("an e-mail address has one written form") {
    struct Row {
      std::string_view from, to;
    };
    const Row rows[] = {
        {"tom@example.com", "tom@example.com"},
        {"  Tom.Li@EXAMPLE.Com\r\n", "Tom.Li@example.com"},
        {"a+tag@xn--fiqs8s.cn", "a+tag@xn--fiqs8s.cn"},
        {"123456@qq.com", "123456@qq.com"},
        {"", ""},
        {"tom", ""},
        {"@example.com", ""},
        {"tom@", ""},
        {"tom@localhost", ""},
        {"tom@example..com", ""},
        {"tom@-a.com", ""},
        {"tom@127.0.0.1", ""},
        {"to m@example.com", ""},
        {".tom@example.com", ""},
        {"to..m@example.com", ""},
        {"tom@exam\xE4\xBE\x8B.com", ""},
        {"\"tom\"@example.com", ""},
        {"a@b@example.com", ""},
        {"tom@example.com\nbcc: x@example.com", ""},
    };
    for (const Row& row : rows) {
      CAPTURE(row.from);
      CHECK(normalize_email(row.from).value_or("") == row.to);
    }
    CHECK(normalize_email(std::string(64, 'a') + "@example.com"));
    CHECK_FALSE(normalize_email(std::string(65, 'a') + "@example.com"));
    CHECK(email_index_form("Tom.Li@example.com") == "tom.li@example.com");
  }

  // Goal: a mainland number is found under every spelling; a number that could be anybody's is
  // refused. Method: one row per spelling; an empty right side means refused.
  TEST_CASE("a phone number has one written form") {
    struct Row {
      std::string_view from, to;
    };
    const Row rows[] = {
        {"13800138000", "+8613800138000"},
        {" 138-0013-8000 ", "+8613800138000"},
        {"+86 138 0013 8000", "+8613800138000"},
        {"8613800138000", "+8613800138000"},
        {"008613800138000", "+8613800138000"},
        {"+1 (415) 555-2671", "+14155552671"},
        {"+86 10 8888 8888", "+861088888888"},
        {"+44 20.7946.0958", "+442079460958"},
        {"12345678901", ""},
        {"4155552671", ""},
        {"1380013800", ""},
        {"+861380013800", ""},
        {"+86138001380001", ""},
        {"+0123456789", ""},
        {"+123456", ""},
        {"+1234567890123456", ""},
        {"13800138000x1", ""},
        {"+", ""},
        {"++8613800138000", ""},
        {"", ""},
    };
    for (const Row& row : rows) {
      CAPTURE(row.from);
      CHECK(normalize_phone(row.from).value_or("") == row.to);
    }
  }

  // Goal: a mask shows enough to recognise a contact and not enough to use it.
  // Method: contacts and names of every length, and what stays of them.
  TEST_CASE("what is shown of a contact to who may not see it") {
    using namespace kameng::text;
    const struct {
      const char *phone, *masked;
    } phones[] = {{"+8613800138000", "+86138****8000"},
                  {"+85291234567", "+852****4567"},
                  {"+4915112345", "+49****2345"},
                  {"+1234567", "+1****67"},
                  {"", "****"}};
    for (const auto& row : phones) {
      CAPTURE(std::string(row.phone));
      CHECK(mask_phone(row.phone) == row.masked);
    }
    CHECK(mask_email("li.na@example.com") == "l***@example.com");
    CHECK(mask_email("l@example.com") == "***@example.com");
    CHECK(mask_email("none") == "n***");
    CHECK(mask_name("李娜") == "李**");
    CHECK(mask_name("Li Na") == "L**");
    CHECK(mask_name("") == "**");
  }
}
