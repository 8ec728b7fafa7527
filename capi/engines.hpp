// engines.hpp - the engines that are open in this process, behind their handles.
//
// Two things that the C++ engine knows nothing of live here: sharing (one engine for equal
// configurations) and fork (an engine belongs to the process that opened it).
#pragma once

#include <string>
#include <string_view>

#include <kameng.h>
#include <kameng/result.hpp>

#include "capi/host_struct.hpp"

namespace kameng::capi {

// The handle of a new engine, or of a shared one that was found. Throws bad_alloc.
[[nodiscard]] Result<kameng_engine> open_engine(std::string_view config, HostStruct host);

[[nodiscard]] Result<std::string> call_engine(kameng_engine engine, std::string_view operation,
                                              std::string_view context, std::string_view request);

// An HTTP request and its answer, both documents.
[[nodiscard]] Result<std::string> ask_engine(kameng_engine engine, std::string_view request);

// Waits for calls in flight on this handle.
[[nodiscard]] kameng_status close_engine(kameng_engine engine) noexcept;

}  // namespace kameng::capi
