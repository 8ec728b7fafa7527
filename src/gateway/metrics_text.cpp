#include "gateway/metrics_text.hpp"

#include <string_view>

namespace kameng::gateway {
namespace {

void add_head(std::string& text, std::string_view name, std::string_view type,
              std::string_view help) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void add_sample(std::string& text, std::string_view name, std::string_view labels,
                std::int64_t value) {
  text.append(name).append(labels).append(" ").append(std::to_string(value)).append("\n");
}

void add_gauge(std::string& text, std::string_view name, std::string_view help,
               std::int64_t value) {
  add_head(text, name, "gauge", help);
  add_sample(text, name, {}, value);
}

// Names of statements are ours: letters, digits, dots and underscores.
std::string label(std::string_view name, std::string_view value) {
  return "{" + std::string(name) + "=\"" + std::string(value) + "\"}";
}

void add_statements(std::string& text, const std::vector<system::StatementView>& statements,
                    std::string_view name, std::string_view type, std::string_view help,
                    std::int64_t system::StatementView::*member) {
  if (statements.empty()) {
    return;
  }
  add_head(text, name, type, help);
  for (const system::StatementView& statement : statements) {
    add_sample(text, name, label("statement", statement.name), statement.*member);
  }
}

}  // namespace

std::string metrics_text(const system::HealthView& health, const system::MetricsView& metrics) {
  using system::StatementView;
  std::string text;
  add_head(text, "kameng_info", "gauge", "The library and its storage.");
  text += "kameng_info{version=\"" + health.version + "\",storage=\"" + health.storage + "\"} 1\n";
  add_gauge(text, "kameng_audit_entries", "Size of the audit log.", health.audit_entries);
  add_gauge(text, "kameng_sandbox_enabled", "1 when the sandbox provider is enabled.",
            health.sandbox ? 1 : 0);
  add_gauge(text, "kameng_memory_locked", "0 when key memory could not be locked.",
            health.memory_locked ? 1 : 0);
  add_gauge(text, "kameng_clock_milliseconds", "The engine's clock.", health.now_ms);
  if (health.last_run_due_ms) {
    add_gauge(text, "kameng_last_run_due_milliseconds", "When due work was last done.",
              *health.last_run_due_ms);
  }
  if (health.next_due_ms) {
    add_gauge(text, "kameng_next_due_milliseconds", "When work is next due.", *health.next_due_ms);
  }
  for (const auto& [name, value] : metrics.counters) {
    const std::string full = "kameng_" + name + "_total";
    add_head(text, full, "counter", "Of this process, since the engine was opened.");
    add_sample(text, full, {}, value);
  }
  add_statements(text, metrics.statements, "kameng_statement_runs_total", "counter",
                 "How often each statement ran.", &StatementView::runs);
  add_statements(text, metrics.statements, "kameng_statement_microseconds_total", "counter",
                 "What its runs took.", &StatementView::total_us);
  add_statements(text, metrics.statements, "kameng_statement_slowest_microseconds", "gauge",
                 "What the slowest took.", &StatementView::slowest_us);
  add_statements(text, metrics.statements, "kameng_statement_slow_total", "counter",
                 "Runs that took storage.slow_ms or longer.", &StatementView::slow);
  return text;
}

}  // namespace kameng::gateway
