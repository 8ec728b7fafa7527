// engine.hpp - the engine for C++ hosts that link the static library.
//
//   auto engine = kameng::Engine::open(R"({"storage":{"driver":"sqlite","path":":memory:"}})");
//   auto placed = (*engine)->call(kameng::Context::host(), kameng::order::Place{...});
//
// Plain structs, no JSON, and the same permission check, key, limits and transaction as every other
// door. All functions may be called from any thread; the engine starts none.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/context.hpp>
#include <kameng/limit.hpp>
#include <kameng/result.hpp>

namespace kameng {

// What a host may give the engine. Empty slots use the system's. `now_ms`, `random` and `log` are
// leaf slots: any thread, thread-safe, never calling back into the engine. `load_key` runs on the
// opening thread only.
struct Host {
  std::function<std::int64_t()> now_ms;
  std::function<void(std::span<std::uint8_t>)> random;
  std::function<void(int level, std::string_view line)> log;  // 0 error ... 4 trace
  // The master key, 32 bytes, written to `key`; false when there is none. Instead of
  // vault.key_file.
  std::function<bool(std::span<std::uint8_t, 32> key)> load_key;
};

class Engine {
 public:
  // `config` is a JSON document; docs/CONFIG.md lists its keys. Reasons: config.*
  // (INVALID_ARGUMENT), storage.*, vault.*, engine.* as documented there.
  [[nodiscard]] static Result<std::unique_ptr<Engine>> open(std::string_view config,
                                                            Host host = {});
  // Waits for calls in flight.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // One operation on plain structs: call(context, order::Place{...}) -> Result<order::Placed>.
  // `allowance`, when given, hears what the caller's rate limits still allow, also of a call that
  // fails.
  template <class Request>
  [[nodiscard]] Result<typename Request::Answer> call(const Context& context,
                                                      const Request& request,
                                                      Allowance* allowance = nullptr) {
    typename Request::Answer answer{};
    KAMENG_CHECK(call_struct(Request::operation, context, &request, &answer, allowance));
    return answer;
  }

  // One operation on documents. `context` and `request` are JSON objects; empty text means {}.
  [[nodiscard]] Result<std::string> call_document(std::string_view operation,
                                                  std::string_view context,
                                                  std::string_view request,
                                                  Allowance* allowance = nullptr);

  // Every operation, its fields, reasons and permissions, and the configuration's schema, as one
  // JSON document. The same text for the life of the library; opens nothing.
  [[nodiscard]] static const std::string& describe();

  struct State;  // the engine's own
  // For the library's own upper floors; what it is made of is in no public header.
  [[nodiscard]] State& state() { return *state_; }

 private:
  explicit Engine(std::unique_ptr<State> state);
  [[nodiscard]] Result<void> call_struct(std::string_view operation, const Context& context,
                                         const void* request, void* answer, Allowance* allowance);
  std::unique_ptr<State> state_;
};

}  // namespace kameng
