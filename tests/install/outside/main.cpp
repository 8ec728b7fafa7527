// An outside program on the installed C++ API.
#include <cstdio>

#include <kameng/engine.hpp>

int main() {
  const auto engine = kameng::Engine::open(R"({"storage":{"driver":"sqlite","path":":memory:"}})");
  if (!engine.ok()) {
    std::fputs(engine.error().message.c_str(), stderr);
    return 1;
  }
  const auto health = engine.value()->call_document("system.health", R"({"as":"host"})", "{}");
  std::puts(health.ok() ? "C++ API: installed and working" : health.error().message.c_str());
  return health.ok() ? 0 : 1;
}
