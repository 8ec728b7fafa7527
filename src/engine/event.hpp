// event.hpp - a published entry of the audit log as hosts, and due work, read it.
#pragma once

#include <kameng/result.hpp>
#include <kameng/system.hpp>

#include "audit/log.hpp"

namespace kameng::engine {

// Numbers among the details are their digits. Errors of json::parse: the entry is no document.
[[nodiscard]] Result<event::Item> read_event(const audit::Event& event);

}  // namespace kameng::engine
