// open_engine.hpp - one engine with what it needs around it: the host's struct and its process.
#pragma once

#include <memory>
#include <string_view>

#include <sys/types.h>

#include <kameng/engine.hpp>
#include <kameng/result.hpp>

#include "capi/host_struct.hpp"

namespace kameng::capi {

struct OpenEngine {
  explicit OpenEngine(HostStruct given) noexcept : host(std::move(given)) {}

  // Stays at one address, since the engine's slots point into it.
  [[nodiscard]] static Result<std::unique_ptr<OpenEngine>> open(std::string_view config,
                                                                HostStruct host) {
    auto made = std::make_unique<OpenEngine>(std::move(host));
    KAMENG_TRY(made->engine, Engine::open(config, made->host.make_host()));
    return made;
  }

  HostStruct host;  // before the engine, so that it goes after it
  std::unique_ptr<Engine> engine;
};

}  // namespace kameng::capi
