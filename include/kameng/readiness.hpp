// readiness.hpp - what an operator must have before going live.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kameng::system {

struct ReadinessCheck {
  std::string name;
  std::string state;
  std::string detail;
  std::string fix;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &ReadinessCheck::name, "operator.icp, backup.age, worker.alive, …");
    f.required("state", &ReadinessCheck::state,
               "ok; missing: do not go live without it; warning: look at it; unknown: it cannot be "
               "seen from here.")
        .one_of({"ok", "missing", "warning", "unknown"});
    f.required("detail", &ReadinessCheck::detail, "What was found.");
    f.required("fix", &ReadinessCheck::fix, "What to do; empty when nothing is to be done.");
  }
};

struct ReadinessView {
  bool ready = false;
  std::vector<ReadinessCheck> checks;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("ready", &ReadinessView::ready, "True when nothing is missing.");
    f.required("checks", &ReadinessView::checks, "Each of them, in the order of importance.");
  }
};

struct Readiness {
  static constexpr std::string_view operation = "system.readiness";
  using Answer = ReadinessView;

  template <class Fields>
  static void fields(Fields&) {}
};

}  // namespace kameng::system
