// system.hpp - what an operator says and hears: due work, self-checks, health, the clock, the event
// feed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kameng::system {

struct DueDone {
  std::map<std::string, std::int64_t> jobs;
  bool more = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("jobs", &DueDone::jobs,
               "How many of each kind were done; kinds without work are absent.");
    f.required("more", &DueDone::more, "True when the budget ended before the work did.");
  }
};

struct RunDue {
  static constexpr std::string_view operation = "system.run_due";
  using Answer = DueDone;
  std::int64_t budget_ms = 1000;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("budget_ms", &RunDue::budget_ms, "How long it may work.").range(1, 600'000);
  }
};

struct Check {
  std::string name;
  bool ok = false;
  std::string detail;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &Check::name, "What was checked.");
    f.required("ok", &Check::ok, "Whether it holds.");
    f.required("detail", &Check::detail, "Counts and ids; never a secret.");
  }
};

struct Verified {
  bool ok = false;
  std::vector<Check> checks;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("ok", &Verified::ok, "True when every check holds.");
    f.required("checks", &Verified::checks, "Every invariant that the data can show.");
  }
};

// Reads everything: its time grows with the shop.
struct Verify {
  static constexpr std::string_view operation = "system.verify";
  using Answer = Verified;

  template <class Fields>
  static void fields(Fields&) {}
};

struct HealthView {
  std::string version;
  std::string storage;
  bool sandbox = false;
  bool memory_locked = false;
  std::int64_t now_ms = 0;
  std::optional<std::int64_t> last_run_due_ms;
  std::optional<std::int64_t> next_due_ms;
  std::int64_t audit_entries = 0;
  std::map<std::string, std::int64_t> metrics;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("version", &HealthView::version, "Of the library.");
    f.required("storage", &HealthView::storage, "The driver.");
    f.required("sandbox", &HealthView::sandbox, "True when the sandbox provider is enabled.");
    f.required("memory_locked", &HealthView::memory_locked,
               "False when the system refused to lock key memory.");
    f.required("now_ms", &HealthView::now_ms, "The engine's clock.");
    f.optional("last_run_due_ms", &HealthView::last_run_due_ms,
               "When system.run_due last ran, in whichever process; to ten seconds.");
    f.optional("next_due_ms", &HealthView::next_due_ms, "When an order or a job is next due.");
    f.required("audit_entries", &HealthView::audit_entries, "Size of the audit log.");
    f.required("metrics", &HealthView::metrics, "Counters of this process.");
  }
};

struct Health {
  static constexpr std::string_view operation = "system.health";
  using Answer = HealthView;

  template <class Fields>
  static void fields(Fields&) {}
};

struct StatementView {
  std::string name;
  std::int64_t runs = 0;
  std::int64_t total_us = 0;
  std::int64_t slowest_us = 0;
  std::int64_t slow = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &StatementView::name, "order.insert, commit, …");
    f.required("runs", &StatementView::runs, "How often it ran.");
    f.required("total_us", &StatementView::total_us, "What all runs took, in microseconds.");
    f.required("slowest_us", &StatementView::slowest_us, "What the slowest took.");
    f.required("slow", &StatementView::slow, "Runs that took storage.slow_ms or longer.");
  }
};

struct MetricsView {
  std::map<std::string, std::int64_t> counters;
  std::vector<StatementView> statements;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("counters", &MetricsView::counters,
               "commits, groups_of_one and members (calls that shared a commit), retries, "
               "busy_waits, statements, limited (calls that the rate limits refused).");
    f.required("statements", &MetricsView::statements,
               "By name; empty unless storage.slow_ms is set. Where statements are sent together, "
               "the one that waits for the answers has their time.");
  }
};

// Of this process, since the engine was opened.
struct GetMetrics {
  static constexpr std::string_view operation = "system.metrics";
  using Answer = MetricsView;

  template <class Fields>
  static void fields(Fields&) {}
};

struct ClockView {
  std::int64_t now_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("now_ms", &ClockView::now_ms, "The engine's clock after the call.");
  }
};

struct AdvanceClock {
  static constexpr std::string_view operation = "system.advance_clock";
  using Answer = ClockView;
  std::int64_t by_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("by_ms", &AdvanceClock::by_ms, "How far; manual clock only.")
        .range(1, 3'153'600'000'000);
  }
};

}  // namespace kameng::system

namespace kameng::event {

struct Item {
  std::int64_t position = 0;
  std::string kind;
  std::string subject;
  std::int64_t at_ms = 0;
  std::string actor;
  std::map<std::string, std::string> details;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("position", &Item::position, "Its place in the audit log.");
    f.required("kind", &Item::kind, "order.placed, order.paid, order.delivered, …");
    f.required("subject", &Item::subject, "The id it is about.");
    f.required("at_ms", &Item::at_ms, "When it happened.");
    f.required("actor", &Item::actor, "Who did it: host, system, nobody or an account.");
    f.required("details", &Item::details, "Facts, as text.");
  }
};

struct Page {
  std::vector<Item> items;
  std::int64_t next = 0;
  bool more = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Page::items, "Oldest first.");
    f.required("next", &Page::next, "Give it as `after` next time.");
    f.required("more", &Page::more, "True when there is more now.");
  }
};

struct Pull {
  static constexpr std::string_view operation = "event.pull";
  using Answer = Page;
  std::int64_t after = 0;
  std::int32_t limit = 100;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("after", &Pull::after, "`next` of the page before; 0 from the start.")
        .range(0, 9'007'199'254'740'991);
    f.optional("limit", &Pull::limit, "How many at most.").range(1, 1000);
  }
};

}  // namespace kameng::event
