// http_fuzz.cpp - any bytes as the document of an HTTP request, and any bytes as its target,
// headers and body: every request has an answer, and the answer is well-formed.
//
//   http_fuzz build/fuzz/tests/fuzz/http_fuzz -max_total_time=60
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <kameng/http.hpp>

#include "json/parse.hpp"

namespace {

kameng::Engine& engine() {
  static const auto opened = kameng::Engine::open(
      R"({"storage":{"path":":memory:"},"gateway":{"trusted_proxies":["::/0"],)"
      R"("cors_origins":["https://a.example"]}})");
  return **opened;
}

// The next line of the input.
std::string take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string line(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

void check(const kameng::Result<std::string>& answer) {
  if (answer.ok() && !kameng::json::parse(*answer, {.bytes_max = SIZE_MAX}).ok()) {
    __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(kameng::http::answer_document(engine(), text));

  std::string_view rest = text;
  kameng::http::Request request;
  request.remote_ip = "192.0.2.1";
  request.method = take_line(rest);
  request.target = take_line(rest);
  for (std::string line = take_line(rest); !line.empty(); line = take_line(rest)) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::size_t value = std::min(colon + 1, line.size());
    request.headers.push_back({line.substr(0, colon), line.substr(value)});
  }
  request.body = std::string(rest);
  const auto response = kameng::http::answer(engine(), request);
  if (!response.ok()) {
    __builtin_trap();  // whatever a client sends has an answer
  }
  if (response.ok() && (response->status < 200 || response->status > 599)) {
    __builtin_trap();
  }
  return 0;
}
