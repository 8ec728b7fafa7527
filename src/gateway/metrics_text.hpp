// metrics_text.hpp - the counters of an engine as Prometheus reads them.
#pragma once

#include <string>

#include <kameng/system.hpp>

namespace kameng::gateway {

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

[[nodiscard]] std::string metrics_text(const system::HealthView& health,
                                       const system::MetricsView& metrics);

}  // namespace kameng::gateway
