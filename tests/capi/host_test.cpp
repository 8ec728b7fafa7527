#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <kameng.h>

#include "support.hpp"

namespace kameng_capi_tests {

namespace {

// A host that counts what is asked of it, and calls the engine back where it must not.
struct CountingHost {
  CountingHost() {
    slots.user = this;
    slots.now_ms = [](void* user) {
      auto* const self = static_cast<CountingHost*>(user);
      ++self->now_count;
      self->try_to_reenter();
      return std::int64_t{1'790'000'000'000};
    };
    slots.random = [](void* user, std::uint8_t* bytes, std::size_t size) {
      auto* const self = static_cast<CountingHost*>(user);
      ++self->random_count;
      self->try_to_reenter();
      std::memset(bytes, 0x5a, size);
      return self->random_answer;
    };
    slots.log = [](void* user, std::int32_t level, const char* line, std::size_t size) {
      auto* const self = static_cast<CountingHost*>(user);
      ++self->log_count;
      self->log_is_sound = self->log_is_sound && level >= KAMENG_LOG_ERROR &&
                           level <= KAMENG_LOG_TRACE && std::memchr(line, '\n', size) == nullptr;
      self->try_to_reenter();
    };
    slots.load_key = [](void* user, std::uint8_t* key) {
      auto* const self = static_cast<CountingHost*>(user);
      ++self->load_key_count;
      self->try_to_reenter();
      std::memset(key, 7, 32);
      return std::int32_t{0};
    };
    slots.destroy = [](void* user) { ++static_cast<CountingHost*>(user)->destroy_count; };
  }

  void try_to_reenter() {
    if (engine == 0) {
      return;
    }
    kameng_result result = 0;
    refused =
        refused &&
        kameng_call(engine, plain_operation, nullptr, 0, nullptr, 0, &result) == KAMENG_MISUSE &&
        std::string(kameng_result_json(result)).find("engine.reentered") != std::string::npos;
    kameng_result_free(result);
    kameng_engine other = 0;
    refused = refused && kameng_open("{}", 2, nullptr, &other, nullptr) == KAMENG_MISUSE &&
              kameng_close(engine) == KAMENG_MISUSE;
    ++reentry_count;
  }

  kameng_host slots = empty_host();
  kameng_engine engine = 0;
  std::int32_t random_answer = 0;
  std::atomic<int> now_count{0};
  std::atomic<int> random_count{0};
  std::atomic<int> log_count{0};
  int load_key_count = 0;
  int destroy_count = 0;
  int reentry_count = 0;
  bool log_is_sound = true;
  bool refused = true;
};

}  // namespace

TEST_SUITE_BEGIN("capi");

// Goal: the engine uses what the host gives, and lets go of it once.
// Method: count.
TEST_CASE("the slots of a host are used, and destroy runs once at close") {
  CountingHost host;
  {
    const TestEngine engine(memory_config, &host.slots);
    Answer answer;
    call_plain(engine.handle, answer);
    CHECK(answer.status == KAMENG_OK);
    CHECK(host.now_count > 0);
    CHECK(host.load_key_count == 1);
    CHECK(host.log_is_sound);
    CHECK(host.destroy_count == 0);
  }
  CHECK(host.destroy_count == 1);
}

// Goal: whoever fails to open is not left with a host that nobody destroys.
// Method: fail in the configuration, in the arguments, and in the struct.
TEST_CASE("destroy runs once when opening fails") {
  CountingHost host;
  kameng_engine engine = 0;
  Answer answer;
  open("{", &host.slots, engine, answer);
  CHECK(answer.status == KAMENG_INVALID_ARGUMENT);
  CHECK(host.destroy_count == 1);
  CHECK(kameng_open("{}", 2, &host.slots, nullptr, nullptr) == KAMENG_MISUSE);
  CHECK(host.destroy_count == 2);
  CHECK(kameng_open(nullptr, 2, &host.slots, &engine, nullptr) == KAMENG_MISUSE);
  CHECK(host.destroy_count == 3);
}

// Goal: a slot that calls the engine is refused, since the engine may hold its locks there.
// Method: every slot tries to open, call and close.
TEST_CASE("calling the engine from inside a slot is MISUSE") {
  CountingHost host;
  const TestEngine engine(memory_config, &host.slots);
  host.engine = engine.handle;
  Answer answer;
  call_plain(engine.handle, answer);
  CHECK(answer.status == KAMENG_OK);
  CHECK(host.reentry_count > 0);
  CHECK(host.refused);
  host.engine = 0;
  call_plain(engine.handle, answer);
  CHECK(answer.status == KAMENG_OK);
}

// Goal: a program compiled against an older kameng.h keeps working.
// Method: hand over a struct that ends before a slot; memory behind it is filled with noise.
TEST_CASE("slots that an older caller does not have read as NULL") {
  for (const std::size_t size :
       {offsetof(kameng_host, now_ms), offsetof(kameng_host, random), offsetof(kameng_host, log)}) {
    CountingHost host;
    std::vector<unsigned char> older(sizeof(kameng_host), 0xee);
    host.slots.struct_size = size;
    std::memcpy(older.data(), &host.slots, size);
    kameng_host given;
    std::memcpy(&given, older.data(), sizeof given);
    const TestEngine engine(memory_config, &given);
    Answer answer;
    call_plain(engine.handle, answer);
    CHECK(answer.status == KAMENG_OK);
    CHECK((host.now_count > 0) == (size > offsetof(kameng_host, now_ms)));
    CHECK(host.log_count == 0);
  }
}

// Goal: a program compiled against a newer kameng.h is told when this library lacks a slot it uses.
// Method: a larger struct, once with an empty and once with a filled slot at the end.
TEST_CASE("a newer caller's unknown slot is INCOMPATIBLE when it is used") {
  struct NewerHost {
    kameng_host known;
    void* unknown_slot;
  };
  CountingHost host;
  NewerHost newer{host.slots, nullptr};
  newer.known.struct_size = sizeof newer;
  { const TestEngine engine(memory_config, &newer.known); }
  CHECK(host.destroy_count == 1);

  newer.unknown_slot = &newer;
  kameng_engine engine = 0;
  Answer answer;
  open(memory_config, &newer.known, engine, answer);
  CHECK(answer.status == KAMENG_INCOMPATIBLE);
  CHECK(answer.reason() == "host.unknown_slot");
  CHECK(engine == 0);
  CHECK(host.destroy_count == 2);
}

// Goal: memory that was never set is not taken for a host.
// Method: sizes that no release has.
TEST_CASE("a wrong struct_size is MISUSE, and nothing of the struct is used") {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{8}, sizeof(kameng_host) - 1,
                                   sizeof(kameng_host) + 1, std::uint64_t{1} << 20, UINT64_MAX}) {
    CountingHost host;
    host.slots.struct_size = size;
    kameng_engine engine = 0;
    Answer answer;
    open(memory_config, &host.slots, engine, answer);
    CHECK(answer.status == KAMENG_MISUSE);
    CHECK(answer.reason() == "host.struct_size");
    CHECK(host.destroy_count == 0);
  }
}

// Goal: a host whose generator fails does not stop or weaken the shop.
// Method: random fills and refuses.
TEST_CASE("a random slot that refuses is replaced by the system's") {
  CountingHost host;
  host.random_answer = 1;
  const TestEngine engine(memory_config, &host.slots);
  Answer answer;
  call_plain(engine.handle, answer);
  CHECK(answer.status == KAMENG_OK);
}

TEST_SUITE_END();

}  // namespace kameng_capi_tests
