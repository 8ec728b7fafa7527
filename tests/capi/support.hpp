// support.hpp - what the tests of the C interface share: short ways to open, call and look at an
// answer. They see the shared library alone, as its users do.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <kameng.h>

namespace kameng_capi_tests {

inline constexpr std::string_view memory_config =
    R"({"storage":{"driver":"sqlite","path":":memory:"}})";
inline constexpr std::string_view as_host = R"({"as":"host"})";
// An operation that every engine answers and that reads the clock once, as all do.
inline constexpr const char* plain_operation = "system.health";

// A result that is freed when it goes.
class Answer {
 public:
  Answer() = default;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  ~Answer() { kameng_result_free(result); }

  [[nodiscard]] std::string json() const { return kameng_result_json(result); }
  [[nodiscard]] std::string reason() const { return member("reason"); }
  [[nodiscard]] std::string member(std::string_view name) const {
    const std::string text = json();
    const std::string start = "\"" + std::string(name) + "\":\"";
    const std::size_t at = text.find(start);
    if (at == std::string::npos) {
      return {};
    }
    const std::size_t begin = at + start.size();
    return text.substr(begin, text.find('"', begin) - begin);
  }

  kameng_status status = KAMENG_INTERNAL;
  kameng_result result = 0;
};

// An engine that is closed when it goes.
class TestEngine {
 public:
  explicit TestEngine(std::string_view config = memory_config, const kameng_host* host = nullptr) {
    opened.status = kameng_open(config.data(), config.size(), host, &handle, &opened.result);
    INFO(opened.json());
    REQUIRE(opened.status == KAMENG_OK);
    REQUIRE(handle != 0);
  }
  TestEngine(const TestEngine&) = delete;
  TestEngine& operator=(const TestEngine&) = delete;
  ~TestEngine() { kameng_close(handle); }

  kameng_engine handle = 0;
  Answer opened;
};

inline void call(kameng_engine engine, const char* operation, std::string_view context,
                 std::string_view request, Answer& answer) {
  kameng_result_free(answer.result);
  answer.status = kameng_call(engine, operation, context.data(), context.size(), request.data(),
                              request.size(), &answer.result);
}

inline void call_plain(kameng_engine engine, Answer& answer) {
  call(engine, plain_operation, as_host, "{}", answer);
}

inline void open(std::string_view config, const kameng_host* host, kameng_engine& engine,
                 Answer& answer) {
  kameng_result_free(answer.result);
  answer.status = kameng_open(config.data(), config.size(), host, &engine, &answer.result);
}

// A folder for a database, removed when it goes.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kameng-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string path() const { return path_; }

 private:
  std::string path_;
};

[[nodiscard]] inline kameng_host empty_host() {
  kameng_host host = {};
  host.struct_size = sizeof host;
  return host;
}

}  // namespace kameng_capi_tests
