// error_document_test.cpp - errors as documents, and back.
#include "json/error_document.hpp"

#include <string>

#include <doctest/doctest.h>

TEST_SUITE("json") {
  using kameng::Error;
  using kameng::Retry;
  using kameng::Status;
  using kameng::json::error_document;
  using kameng::json::read_error;

  // Goal: the shape every host reads.
  // Method: an error with everything and one with nothing, byte for byte.
  TEST_CASE("errors print in their documented shape") {
    Error full{
        Status::failed_precondition,     "stock.sold_out", "sold \"out\"", "lines[2]", Retry::later,
        {{"left", "0"}, {"wanted", "3"}}};
    CHECK(error_document(full, "t-1") ==
          R"({"error":{"status":"FAILED_PRECONDITION","reason":"stock.sold_out",)"
          R"("message":"sold \"out\"",)"
          R"("field":"lines[2]","retry":"later","details":{"left":"0","wanted":"3"},)"
          R"("trace":"t-1"}})");
    CHECK(error_document(Error{Status::internal, "engine.fault", ""}, "") ==
          R"({"error":{"status":"INTERNAL","reason":"engine.fault","message":"",)"
          R"("retry":"never","details":{}}})");
  }

  // Goal: a stored refusal is replayed as it was given.
  // Method: every status with every advice, there and back.
  TEST_CASE("errors survive printing and reading") {
    const Status statuses[] = {
#define KAMENG_X(name, wire, number, http, when) Status::name,
        KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
    };
    for (const Status status : statuses) {
      for (const Retry retry : {Retry::never, Retry::same, Retry::later}) {
        const Error error{status, "noun.state", "why", "a[1].b", retry, {{"k", "v"}, {"l", "\n"}}};
        const Error again = read_error(error_document(error, "trace"));
        CHECK(again.status == error.status);
        CHECK(again.reason == error.reason);
        CHECK(again.message == error.message);
        CHECK(again.field == error.field);
        CHECK(again.retry == error.retry);
        CHECK(again.details == error.details);
      }
    }
  }

  // Goal: text that is no error document is reported as lost data, never as some refusal.
  // Method: a table of texts that each lack one part.
  TEST_CASE("text that is no error document is data loss") {
    for (const char* text :
         {"", "{}", "[]", R"({"error":1})", R"({"error":{}})",
          R"({"error":{"status":"NONSENSE","reason":"a.b","message":"","retry":"never",)"
          R"("details":{}}})",
          R"({"error":{"status":"NOT_FOUND","reason":"","message":"","retry":"never",)"
          R"("details":{}}})",
          R"({"error":{"status":"NOT_FOUND","reason":"a.b","message":"","retry":"soon",)"
          R"("details":{}}})",
          R"({"error":{"status":"NOT_FOUND","reason":"a.b","message":"","retry":"never")"}) {
      CAPTURE(text);
      const Error error = read_error(text);
      CHECK(error.status == Status::data_loss);
      CHECK(error.reason == "document.unreadable");
    }
  }
}
