// kameng.cpp - the functions of kameng.h, and nothing else: each checks its arguments and hands on.
#include <string>
#include <string_view>
#include <utility>

#include <kameng.h>
#include <kameng/engine.hpp>
#include <kameng/status.hpp>

#include "base/secret.hpp"
#include "capi/engines.hpp"
#include "capi/host_struct.hpp"
#include "capi/misuse.hpp"
#include "capi/results.hpp"
#include "capi/slot_scope.hpp"
#include "capi/sql_driver.hpp"

using kameng::Result;
namespace capi = kameng::capi;

kameng_status kameng_open(const char* config, size_t config_size, const kameng_host* host,
                          kameng_engine* engine, kameng_result* result) noexcept {
  if (engine != nullptr) {
    *engine = 0;
  }
  // Outside the guard, so that the host's `destroy` runs whatever happens.
  capi::HostStruct owned_host(host);
  return capi::answer(result, [&](std::string_view&) -> Result<std::string> {
    KAMENG_CHECK(capi::SlotScope::check_outside());
    if (engine == nullptr) {
      return capi::null_argument("engine");
    }
    KAMENG_TRY(const std::string_view text, capi::borrow(config, config_size, "config"));
    KAMENG_CHECK(owned_host.check());
    KAMENG_TRY(*engine, capi::open_engine(text, std::move(owned_host)));
    return std::string("{}");
  });
}

kameng_status kameng_close(kameng_engine engine) noexcept {
  if (engine == 0) {
    return KAMENG_OK;
  }
  return capi::SlotScope::inside() ? KAMENG_MISUSE : capi::close_engine(engine);
}

kameng_status kameng_call(kameng_engine engine, const char* operation, const char* context,
                          size_t context_size, const char* request, size_t request_size,
                          kameng_result* result) noexcept {
  return capi::answer(result, [&](std::string_view& who) -> Result<std::string> {
    KAMENG_CHECK(capi::SlotScope::check_outside());
    if (operation == nullptr) {
      return capi::null_argument("operation");
    }
    KAMENG_TRY(who, capi::borrow(context, context_size, "context"));
    KAMENG_TRY(const std::string_view what, capi::borrow(request, request_size, "request"));
    return capi::call_engine(engine, operation, who, what);
  });
}

kameng_status kameng_http(kameng_engine engine, const char* request, size_t request_size,
                          kameng_result* result) noexcept {
  return capi::answer(result, [&](std::string_view&) -> Result<std::string> {
    KAMENG_CHECK(capi::SlotScope::check_outside());
    KAMENG_TRY(const std::string_view text, capi::borrow(request, request_size, "request"));
    return capi::ask_engine(engine, text);
  });
}

kameng_status kameng_register_sql_driver(const char* name, const kameng_sql_driver* driver,
                                         kameng_result* result) noexcept {
  // Outside the guard, so that the host's `destroy` runs whatever happens.
  capi::SqlDriverStruct owned_driver(driver);
  return capi::answer(result, [&](std::string_view&) -> Result<std::string> {
    KAMENG_CHECK(capi::SlotScope::check_outside());
    if (name == nullptr) {
      return capi::null_argument("name");
    }
    KAMENG_CHECK(owned_driver.register_as(name));
    return std::string("{}");
  });
}

kameng_status kameng_result_status(kameng_result result) noexcept {
  const capi::StoredResult* const stored = capi::results().find(result);
  return stored != nullptr ? stored->status : KAMENG_MISUSE;
}

const char* kameng_result_json(kameng_result result) noexcept {
  const capi::StoredResult* const stored = capi::results().find(result);
  return stored != nullptr ? stored->json() : "";
}

size_t kameng_result_size(kameng_result result) noexcept {
  const capi::StoredResult* const stored = capi::results().find(result);
  return stored != nullptr ? stored->size() : 0;
}

kameng_status kameng_result_free(kameng_result result) noexcept {
  if (result == 0) {
    return KAMENG_OK;
  }
  capi::StoredResult* const stored = capi::results().begin_end(result);
  if (stored == nullptr) {
    return KAMENG_MISUSE;
  }
  kameng::wipe(stored->text);
  // Gives the memory back too: a slot is used again at once, and by a smaller answer perhaps.
  *stored = capi::StoredResult();
  capi::results().finish(result);
  return KAMENG_OK;
}

int32_t kameng_api_version(void) noexcept {
  return KAMENG_API_VERSION;
}

int32_t kameng_api_supports(int32_t api_version) noexcept {
  return api_version >= 1 && api_version <= KAMENG_API_VERSION ? 1 : 0;
}

const char* kameng_version(void) noexcept {
  return KAMENG_VERSION;
}

const char* kameng_status_name(kameng_status status) noexcept {
  switch (status) {
#define KAMENG_X(name, wire, number, http, when) \
  case number:                                   \
    return #wire;
    KAMENG_STATUS_TABLE(KAMENG_X)
#undef KAMENG_X
    default:
      return "UNKNOWN";
  }
}

const char* kameng_describe(void) noexcept {
  try {
    return kameng::Engine::describe().c_str();
  } catch (...) {
    return "";
  }
}
