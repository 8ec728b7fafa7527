#include <functional>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kameng.h>

#include "support.hpp"

namespace kameng_capi_tests {

namespace {

// Runs `checks` in a child of fork(); true when it gives true and the child ends as told.
bool holds_in_child(const std::function<bool()>& checks) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(checks() ? 0 : 1);
  }
  int how = 0;
  return child > 0 && waitpid(child, &how, 0) == child && WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

}  // namespace

TEST_SUITE_BEGIN("capi");

// Goal: a child never touches its parent's engine, whose locks it does not hold.
// Method: fork with an engine open; call and close in the child; the parent goes on.
TEST_CASE("an engine of the parent is MISUSE in a child, and closing it there is harmless") {
  int destroyed = 0;
  kameng_host host = empty_host();
  host.user = &destroyed;
  host.destroy = [](void* user) { ++*static_cast<int*>(user); };
  const TestEngine engine(memory_config, &host);

  CHECK(holds_in_child([&] {
    Answer answer;
    call_plain(engine.handle, answer);
    const bool refused =
        answer.status == KAMENG_MISUSE && answer.reason() == "engine.used_after_fork";
    const bool forgot =
        kameng_close(engine.handle) == KAMENG_OK && kameng_close(engine.handle) == KAMENG_MISUSE;
    return refused && forgot && destroyed == 0;
  }));

  Answer answer;
  call_plain(engine.handle, answer);
  CHECK(answer.status == KAMENG_OK);
}

// Goal: preloading the library in a preforking server is fine.
// Method: the child opens an engine of its own, and reads a result that it inherited.
TEST_CASE("a child opens engines of its own") {
  const TestEngine engine;
  Answer answer;
  call_plain(engine.handle, answer);
  CHECK(holds_in_child([&] {
    kameng_engine own = 0;
    Answer opened;
    Answer answered;
    open(memory_config, nullptr, own, opened);
    call_plain(own, answered);
    return opened.status == KAMENG_OK && answered.status == KAMENG_OK && !answer.json().empty() &&
           kameng_close(own) == KAMENG_OK;
  }));
}

// Goal: a shared engine is shared within one process only.
// Method: the child opens the configuration its parent has open; it must not be handed the
// parent's.
TEST_CASE("a child does not find its parent's shared engine") {
  const std::string config = R"({"share":true,"storage":{"driver":"sqlite","path":":memory:"}})";
  const TestEngine engine(config);
  CHECK(holds_in_child([&] {
    kameng_engine own = 0;
    Answer opened;
    Answer answered;
    open(config, nullptr, own, opened);
    call_plain(own, answered);
    return opened.status == KAMENG_OK && answered.status == KAMENG_OK;
  }));
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
