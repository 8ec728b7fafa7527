// log.hpp - where the engine tells its operator things. Lines never hold a code, key, password,
// token or contact.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <kameng/result.hpp>

namespace kameng {

enum class LogLevel : std::uint8_t { error, warning, info, debug, trace };
[[nodiscard]] std::string_view log_level_name(LogLevel level) noexcept;  // "info"
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view name) noexcept;

class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(LogLevel level, std::string_view line) noexcept = 0;  // any thread
};

// Appends "2026-11-23T09:00:00.123Z INFO ..." lines to a file, one write(2) each, times in UTC.
// Refuses with FAILED_PRECONDITION log.not_writable.
[[nodiscard]] Result<std::unique_ptr<LogSink>> open_file_log(const std::string& path);

class Log {
 public:
  Log() = default;
  Log(std::shared_ptr<LogSink> sink, LogLevel level) : sink_(std::move(sink)), level_(level) {}

  [[nodiscard]] bool wants(LogLevel level) const noexcept { return sink_ && level <= level_; }
  void write(LogLevel level, std::string_view line) const noexcept {
    if (wants(level)) {
      sink_->write(level, line);
    }
  }

 private:
  std::shared_ptr<LogSink> sink_;
  LogLevel level_ = LogLevel::info;
};

}  // namespace kameng
