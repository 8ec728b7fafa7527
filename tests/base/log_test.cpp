// log_test.cpp - the file log: whole lines, private file, no forged lines.
#include "base/log.hpp"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kameng {
namespace {

// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/kameng-log-XXXXXX";
    path_ = mkdtemp(name);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    unlink(file().c_str());
    rmdir(path_.c_str());
  }
  [[nodiscard]] std::string file() const { return path_ + "/engine.log"; }

 private:
  std::string path_;
};

std::string read_all(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST_SUITE("base") {
  // Goal: lines carry the time and the level, levels above the wanted one are left out, and
  // reopening appends. Method: write through two logs in turn and read the file.
  TEST_CASE("the file log appends lines with time and level") {
    const Folder folder;
    for (int round = 0; round < 2; ++round) {
      auto sink = open_file_log(folder.file());
      REQUIRE(sink.ok());
      const Log log(std::shared_ptr<LogSink>(std::move(sink).value()), LogLevel::info);
      CHECK(log.wants(LogLevel::error));
      CHECK_FALSE(log.wants(LogLevel::debug));
      log.write(LogLevel::info, "opened");
      log.write(LogLevel::debug, "hidden");
    }
    const std::string text = read_all(folder.file());
    REQUIRE(text.size() == 2 * std::string("2026-11-23T09:00:00.123Z INFO opened\n").size());
    CHECK(text.substr(24, 13) == " INFO opened\n");
    CHECK(text[10] == 'T');
    CHECK(text[23] == 'Z');
    struct stat status {};
    REQUIRE(stat(folder.file().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
  }

  // Goal: a text with a line break cannot pose as a line of the engine.
  // Method: log one, count the lines.
  TEST_CASE("a logged text stays on its line") {
    const Folder folder;
    auto sink = open_file_log(folder.file());
    REQUIRE(sink.ok());
    (*sink)->write(LogLevel::error, "a\n2026-01-01T00:00:00.000Z INFO forged\r\x1b[2K");
    const std::string text = read_all(folder.file());
    CHECK(text.find('\n') == text.size() - 1);
    CHECK(text.find('\x1b') == std::string::npos);
  }

  // Goal: a path that cannot be written is an error, and a log without a sink is silent.
  // Method: a folder that does not exist; a Log made from nothing.
  TEST_CASE("a log that cannot be opened is refused") {
    const auto sink = open_file_log("/nonexistent/engine.log");
    REQUIRE_FALSE(sink.ok());
    CHECK(sink.error().reason == "log.not_writable");
    const Log silent;
    CHECK_FALSE(silent.wants(LogLevel::error));
    silent.write(LogLevel::error, "nobody hears");
  }

  // Goal: the configuration reads levels by the names that are printed.
  // Method: each level there and back, and a name that is none.
  TEST_CASE("log levels have names") {
    for (int i = 0; i <= static_cast<int>(LogLevel::trace); ++i) {
      const auto level = static_cast<LogLevel>(i);
      CHECK(parse_log_level(log_level_name(level)) == level);
    }
    CHECK(log_level_name(LogLevel::warning) == "warning");
    CHECK_FALSE(parse_log_level("loud").has_value());
  }
}

}  // namespace kameng
