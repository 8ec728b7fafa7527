#include <cstring>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <kameng.h>
#include <kameng/status.hpp>

#include "support.hpp"

namespace kameng_capi_tests {

TEST_SUITE_BEGIN("capi");

// Goal: the plain way through the interface works.
// Method: open in memory, call, read, free, close.
TEST_CASE("an engine opens, answers and closes") {
  kameng_engine engine = 0;
  kameng_result opened = 0;
  REQUIRE(kameng_open(memory_config.data(), memory_config.size(), nullptr, &engine, &opened) ==
          KAMENG_OK);
  CHECK(kameng_result_status(opened) == KAMENG_OK);
  CHECK(std::string_view(kameng_result_json(opened)) == "{}");
  CHECK(kameng_result_free(opened) == KAMENG_OK);

  kameng_result answer = 0;
  CHECK(kameng_call(engine, plain_operation, as_host.data(), as_host.size(), nullptr, 0, &answer) ==
        KAMENG_OK);
  const char* const text = kameng_result_json(answer);
  CHECK(text[0] == '{');
  CHECK(std::strlen(text) == kameng_result_size(answer));
  CHECK(kameng_result_free(answer) == KAMENG_OK);
  CHECK(kameng_close(engine) == KAMENG_OK);
}

// Goal: an operation that does not exist is told apart from a broken call.
// Method: call a name nobody declares.
TEST_CASE("an unknown operation is UNIMPLEMENTED with an error document") {
  const TestEngine engine;
  Answer answer;
  call(engine.handle, "nothing.happens", as_host, "{}", answer);
  CHECK(answer.status == KAMENG_UNIMPLEMENTED);
  CHECK(kameng_result_status(answer.result) == KAMENG_UNIMPLEMENTED);
  CHECK(answer.member("status") == "UNIMPLEMENTED");
  CHECK_FALSE(answer.reason().empty());
}

// Goal: the constants of kameng.h and the table of status.hpp are one list.
// Method: walk the table; a constant that is missing does not compile.
TEST_CASE("the statuses of kameng.h are those of the C++ table") {
#define KAMENG_X(name, wire, number, http, when) \
  static_assert(KAMENG_##wire == number);        \
  CHECK(std::string_view(kameng_status_name(KAMENG_##wire)) == #wire);
  KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
  CHECK(std::string_view(kameng_status_name(17)) == "UNKNOWN");
  CHECK(std::string_view(kameng_status_name(-1)) == "UNKNOWN");
}

// Goal: a program can find out what library it runs with.
// Method: compare with the header it was compiled against.
TEST_CASE("the library tells its versions") {
  CHECK(kameng_api_version() == KAMENG_API_VERSION);
  CHECK(kameng_api_supports(1) == 1);
  CHECK(kameng_api_supports(KAMENG_API_VERSION) == 1);
  CHECK(kameng_api_supports(KAMENG_API_VERSION + 1) == 0);
  CHECK(kameng_api_supports(0) == 0);
  CHECK(kameng_api_supports(-1) == 0);
  CHECK(std::string_view(kameng_version()) == KAMENG_TESTED_VERSION);
}

// Goal: a binding may parse the description once.
// Method: two calls give one pointer to one document that names the operations.
TEST_CASE("the description is one text for the life of the library") {
  const char* const first = kameng_describe();
  CHECK(first[0] == '{');
  CHECK(std::string_view(first).find(plain_operation) != std::string_view::npos);
  CHECK(kameng_describe() == first);
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
