// log.cpp - the file sink. Lines of several processes may share one file: O_APPEND and one write(2)
// keep them whole.
#include "base/log.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include <fcntl.h>
#include <unistd.h>

namespace kameng {
namespace {

constexpr std::size_t line_bytes_max = 8192;

// "2026-11-23T09:00:00.123Z"
void append_time(std::string& text) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  std::array<char, 40> printed{};
  const std::size_t size = std::strftime(printed.data(), printed.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  text.append(printed.data(), size);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                static_cast<int>(now.tv_nsec / 1000000));
  text.append(fraction.data());
}

class FileLog final : public LogSink {
 public:
  explicit FileLog(int file) : file_(file) {}
  FileLog(const FileLog&) = delete;
  FileLog& operator=(const FileLog&) = delete;
  ~FileLog() override { close(file_); }

  void write(LogLevel level, std::string_view line) noexcept override {
    try {
      std::string text;
      text.reserve(line.size() + 40);
      append_time(text);
      text += ' ';
      for (const char c : log_level_name(level)) {
        text += static_cast<char>(c - 'a' + 'A');
      }
      text += ' ';
      // A line break inside a message would let a caller's text pose as a line of ours.
      for (const char c : line.substr(0, line_bytes_max)) {
        const auto byte = static_cast<unsigned char>(c);
        text += byte < 0x20 || byte == 0x7f ? ' ' : c;
      }
      text += '\n';
      // A log that cannot be written is no reason to fail the call that is being logged.
      while (::write(file_, text.data(), text.size()) < 0 && errno == EINTR) {
      }
    } catch (...) {
      // Out of memory: the line is lost, the call goes on.
    }
  }

 private:
  int file_;
};

}  // namespace

std::string_view log_level_name(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::error:
      return "error";
    case LogLevel::warning:
      return "warning";
    case LogLevel::info:
      return "info";
    case LogLevel::debug:
      return "debug";
    case LogLevel::trace:
      return "trace";
  }
  return "info";
}

std::optional<LogLevel> parse_log_level(std::string_view name) noexcept {
  for (const LogLevel level :
       {LogLevel::error, LogLevel::warning, LogLevel::info, LogLevel::debug, LogLevel::trace}) {
    if (log_level_name(level) == name) {
      return level;
    }
  }
  return std::nullopt;
}

Result<std::unique_ptr<LogSink>> open_file_log(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
  if (file < 0) {
    return Error{Status::failed_precondition, "log.not_writable",
                 "The log file cannot be opened for appending."};
  }
  return std::unique_ptr<LogSink>(std::make_unique<FileLog>(file));
}

}  // namespace kameng
