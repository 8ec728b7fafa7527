#include "capi/engines.hpp"

#include <memory>
#include <new>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

#include <kameng/http.hpp>

#include "capi/handle_table.hpp"
#include "capi/misuse.hpp"
#include "capi/open_engine.hpp"
#include "capi/shared_engines.hpp"
#include "capi/slot_scope.hpp"

namespace kameng::capi {

namespace {

// What a handle stands for. A plain pointer, so that a child of fork() can forget it.
struct EngineRef {
  OpenEngine* engine = nullptr;
  bool is_owned = false;  // shared engines belong to the process
  pid_t pid = 0;
};

using EngineTable = HandleTable<EngineRef, HandleKind::engine>;

EngineTable& engines() noexcept {
  static constinit EngineTable table;
  return table;
}

// A handle that ends again unless it is kept.
class NewHandle {
 public:
  NewHandle() : handle_(engines().take()) {
    if (handle_ == 0) {
      throw std::bad_alloc();
    }
  }
  NewHandle(const NewHandle&) = delete;
  NewHandle& operator=(const NewHandle&) = delete;
  ~NewHandle() {
    if (handle_ != 0 && engines().begin_end(handle_) != nullptr) {
      engines().finish(handle_);
    }
  }
  [[nodiscard]] kameng_engine keep(EngineRef ref) noexcept {
    *engines().find(handle_) = ref;
    return std::exchange(handle_, 0);
  }

 private:
  Handle handle_;
};

// Keeps an engine open while a call runs on it.
class Pin {
 public:
  explicit Pin(Handle handle) noexcept : handle_(handle), ref_(engines().pin(handle)) {}
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
  ~Pin() {
    if (ref_ != nullptr) {
      engines().unpin(handle_);
    }
  }
  [[nodiscard]] const EngineRef* ref() const noexcept { return ref_; }

 private:
  Handle handle_;
  const EngineRef* ref_;
};

}  // namespace

Result<kameng_engine> open_engine(std::string_view config, HostStruct host) {
  // Memory first: an engine that is open must not be lost for want of a handle.
  NewHandle handle;
  KAMENG_TRY(OpenEngine* const shared, open_shared(config, host));
  if (shared != nullptr) {
    return handle.keep({shared, false, getpid()});
  }
  KAMENG_TRY(auto own, OpenEngine::open(config, std::move(host)));
  return handle.keep({own.release(), true, getpid()});
}

namespace {

// Runs `work` on the engine behind a handle, which stays open meanwhile.
template <class Work>
Result<std::string> with_engine(kameng_engine engine, Work&& work) {
  const Pin pin(engine);
  if (pin.ref() == nullptr) {
    return bad_handle(EngineTable::fault_of(engine), "engine");
  }
  if (pin.ref()->pid != getpid()) {
    return misuse("engine.used_after_fork",
                  "The engine was opened before fork(); open one in this process.");
  }
  return std::forward<Work>(work)(*pin.ref()->engine->engine);
}

}  // namespace

Result<std::string> call_engine(kameng_engine engine, std::string_view operation,
                                std::string_view context, std::string_view request) {
  return with_engine(engine,
                     [&](Engine& open) { return open.call_document(operation, context, request); });
}

Result<std::string> ask_engine(kameng_engine engine, std::string_view request) {
  return with_engine(engine, [&](Engine& open) { return http::answer_document(open, request); });
}

kameng_status close_engine(kameng_engine engine) noexcept {
  EngineRef* const ref = engines().begin_end(engine);
  if (ref == nullptr) {
    return KAMENG_MISUSE;
  }
  if (ref->pid != getpid()) {
    // Threads that were inside the engine do not exist here, and its files belong to the parent.
    engines().finish(engine);
    return KAMENG_OK;
  }
  engines().wait_for_pins(engine);
  const EngineRef ended = std::exchange(*ref, EngineRef());
  engines().finish(engine);
  if (ended.is_owned) {
    delete ended.engine;
  }
  return KAMENG_OK;
}

}  // namespace kameng::capi
