// secret_test.cpp - secrets are wiped, pages are reused, nothing is left in moved-from texts.
#include "base/secret.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.hpp"

namespace kameng {

TEST_SUITE("base") {
  // Goal: comparison is right in every place.
  // Method: equal, unlike lengths, and one differing bit at each position.
  TEST_CASE("constant-time comparison sees every byte") {
    Bytes a(40, 7);
    CHECK(equal_constant_time(a, Bytes(40, 7)));
    CHECK_FALSE(equal_constant_time(a, Bytes(39, 7)));
    CHECK(equal_constant_time(Bytes{}, Bytes{}));
    for (std::size_t i = 0; i < a.size(); ++i) {
      Bytes b = a;
      b[i] ^= 0x80;
      CHECK_FALSE(equal_constant_time(a, b));
    }
  }

  // Goal: fresh secret memory is zeros, also when a secret was there before.
  // Method: fill and release buffers of every slot size, then take as many again.
  TEST_CASE("secret memory starts as zeros even after use") {
    for (const std::size_t size : {1U, 32U, 33U, 128U, 500U, 2048U, 2049U, 100'000U}) {
      CAPTURE(size);
      for (int round = 0; round < 3; ++round) {
        std::vector<SecretBytes> secrets;
        for (int i = 0; i < 20; ++i) {
          SecretBytes secret(size);
          REQUIRE(secret.size() == size);
          REQUIRE(std::all_of(secret.span().begin(), secret.span().end(),
                              [](std::uint8_t byte) { return byte == 0; }));
          std::fill(secret.span().begin(), secret.span().end(), std::uint8_t{0xa5});
          secrets.push_back(std::move(secret));
        }
      }
    }
  }

  // Goal: two secrets never share memory.
  // Method: many small ones, each filled with its own number, checked at the end.
  TEST_CASE("secrets do not overlap") {
    std::vector<SecretBytes> secrets;
    for (int i = 0; i < 2000; ++i) {
      secrets.emplace_back(std::size_t{24} + static_cast<std::size_t>(i % 100));
      std::fill(secrets.back().span().begin(), secrets.back().span().end(),
                static_cast<std::uint8_t>(i));
    }
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      const auto bytes = std::as_const(secrets[i]).span();
      REQUIRE(std::all_of(bytes.begin(), bytes.end(),
                          [i](std::uint8_t byte) { return byte == static_cast<std::uint8_t>(i); }));
    }
  }

  // Goal: moving passes the one buffer on.
  // Method: construct and assign by move; the source is empty and the pointer is the same.
  TEST_CASE("a moved secret leaves nothing behind") {
    SecretBytes first(as_bytes("0123456789abcdef"));
    const std::uint8_t* where = first.span().data();
    SecretBytes second(std::move(first));
    CHECK(first.empty());  // NOLINT(bugprone-use-after-move): the contract says what is left
    CHECK(second.span().data() == where);
    SecretBytes third(8);
    third = std::move(second);
    CHECK(third.span().data() == where);
    CHECK(as_text(third.span()) == "0123456789abcdef");
    CHECK(SecretBytes{}.empty());
    CHECK(SecretBytes(std::size_t{0}).empty());
  }

  // Goal: a short text leaves no characters in the object it was moved from.
  // Method: look at the raw bytes of the moved-from objects for the text, which a short std::string
  // keeps inside itself.
  TEST_CASE("a moved text leaves no characters behind") {
    const auto holds = [](const void* object, std::size_t size, std::string_view what) {
      const auto* bytes = static_cast<const char*>(object);
      return std::search(bytes, bytes + size, what.begin(), what.end()) != bytes + size;
    };
    std::string plain = "hunter2hunter";
    SecretText first(std::move(plain));
    CHECK_FALSE(holds(&plain, sizeof plain, "unter2"));
    REQUIRE(first.view() == "hunter2hunter");
    SecretText second(std::move(first));
    CHECK_FALSE(holds(&first, sizeof first, "unter2"));
    SecretText third;
    third = std::move(second);
    CHECK_FALSE(holds(&second, sizeof second, "unter2"));
    CHECK(third.view() == "hunter2hunter");
  }

  // Goal: wiping a text removes what a longer text left behind its end.
  // Method: shorten a long text, wipe, and look at the whole capacity.
  TEST_CASE("wiping a text wipes its capacity") {
    std::string text(100, 's');
    text.resize(3);
    wipe(text);
    CHECK(text.empty());
    text.resize(1);  // one zero; the rest of the old buffer stays as it was
    const std::size_t capacity = text.capacity();
    REQUIRE(capacity >= 100);
    const char* bytes = text.data();
    std::size_t left = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      char byte = 0;
      std::memcpy(&byte, bytes + i, 1);
      left += byte == 's' ? 1U : 0U;
    }
    CHECK(left == 0);
  }

  // Goal: the arena may be used by threads.
  // Method: four threads take, fill, check and release; wrong bytes are counted and asserted here.
  TEST_CASE("secret memory may be used by several threads") {
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
      threads.emplace_back([t, &wrong] {
        for (int i = 0; i < 2000; ++i) {
          SecretBytes secret(std::size_t{16} + static_cast<std::size_t>(i % 300));
          std::fill(secret.span().begin(), secret.span().end(), static_cast<std::uint8_t>(t + 1));
          std::this_thread::yield();
          for (const std::uint8_t byte : secret.span()) {
            wrong[t] += byte == t + 1 ? 0 : 1;
          }
        }
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    CHECK(wrong == std::vector<int>(4, 0));
  }
}

}  // namespace kameng
