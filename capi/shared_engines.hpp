// shared_engines.hpp - one engine per process, configuration, storage path and host, for openings
// with "share": true. PHP needs this: no object of its own survives a request.
//
// A shared engine stays open until the process ends, so the pointers given out never dangle.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kameng/result.hpp>

#include "capi/open_engine.hpp"

namespace kameng::capi {

// What a configuration says about sharing; nothing when it does not ask for it, or cannot be read
// (opening then says why). `storage_path` is as written, empty where storage has no path.
struct Sharing {
  std::string storage_path;
};
[[nodiscard]] std::optional<Sharing> read_sharing(std::string_view config);

// The shared engine for a configuration this process has already opened or seen to be shared, or
// nullptr when `config` asks for an engine of its own; then `host` is left to the caller.
// Threads that open the same new one wait for the first.
[[nodiscard]] Result<OpenEngine*> open_shared(std::string_view config, HostStruct& host);

}  // namespace kameng::capi
