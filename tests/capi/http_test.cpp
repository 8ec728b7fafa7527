// http_test.cpp - HTTP through the C interface.
#include <string>
#include <string_view>

#include "support.hpp"

using namespace kameng_capi_tests;

namespace {

void ask(kameng_engine engine, std::string_view request, Answer& answer) {
  kameng_result_free(answer.result);
  answer.status = kameng_http(engine, request.data(), request.size(), &answer.result);
}

}  // namespace

TEST_SUITE("capi") {
  // Goal: what a client does wrong is an answer, what the host does wrong is an error.
  // Method: one of each, and the handles and sizes that every function refuses.
  TEST_CASE("kameng_http answers requests") {
    TestEngine engine;
    Answer answer;
    ask(engine.handle, R"({"method":"POST","target":"/v1/goods.list","remote_ip":"192.0.2.1"})",
        answer);
    CHECK(answer.status == KAMENG_OK);
    CHECK(answer.json().rfind(R"({"status":200,"headers":[["Content-Type","application/json"])",
                              0) == 0);
    ask(engine.handle, R"({"method":"GET","target":"/nowhere","remote_ip":"192.0.2.1"})", answer);
    CHECK(answer.status == KAMENG_OK);
    CHECK(answer.json().rfind(R"({"status":404,)", 0) == 0);
    ask(engine.handle, R"({"method":"GET","target":"/","remote_ip":"me"})", answer);
    CHECK(answer.status == KAMENG_INVALID_ARGUMENT);
    CHECK(answer.reason() == "http.remote_ip");
    ask(engine.handle, "{", answer);
    CHECK(answer.reason() == "document.malformed");
    ask(0, "{}", answer);
    CHECK(answer.status == KAMENG_MISUSE);
    CHECK(kameng_http(engine.handle, nullptr, 2, nullptr) == KAMENG_MISUSE);
    CHECK(kameng_http(engine.handle, nullptr, 0, nullptr) == KAMENG_INVALID_ARGUMENT);
  }
}
