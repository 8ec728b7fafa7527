// server.cpp - a shop behind cpp-httplib.
//
//     kameng_http_server shop.json 8080
//
// The request goes in as it came, the answer goes out as it is. TLS is for a server in front.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <httplib.h>
#include <strings.h>

#include <kameng/http.hpp>

namespace {

constexpr std::size_t body_bytes_max = 700 * 1024;

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void answer(kameng::Engine& engine, const httplib::Request& came, httplib::Response& out) {
  kameng::http::Request request;
  request.method = came.method;
  request.scheme = "http";
  request.authority = came.get_header_value("Host");
  request.target = came.target;
  request.remote_ip = came.remote_addr;
  request.body = came.body;
  for (const auto& [name, value] : came.headers) {
    // What the server itself adds to the headers that came.
    if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" &&
        name != "LOCAL_PORT") {
      request.headers.push_back({name, value});
    }
  }
  const auto answered = kameng::http::answer(engine, request);
  if (!answered.ok()) {
    out.status = 500;  // this program's fault, never the client's
    return;
  }
  out.status = answered->status;
  std::string type = "application/octet-stream";
  for (const auto& [name, value] : answered->headers) {
    if (strcasecmp(name.c_str(), "Content-Type") == 0) {
      type = value;
    } else if (strcasecmp(name.c_str(), "Content-Length") != 0) {
      out.headers.emplace(name, value);
    }
  }
  if (!answered->body.empty()) {
    out.set_content(answered->body, type);
  }
}

}  // namespace

int main(int count, char** words) {
  auto opened = count == 3 ? kameng::Engine::open(read_file(words[1]))
                           : kameng::Result<std::unique_ptr<kameng::Engine>>(
                                 kameng::Error{kameng::Status::invalid_argument, "usage",
                                               "usage: kameng_http_server CONFIG PORT"});
  if (!opened.ok()) {
    std::fprintf(stderr, "%s: %s\n", opened.error().reason.c_str(), opened.error().message.c_str());
    return 1;
  }
  httplib::Server server;
  server.set_payload_max_length(body_bytes_max);
  const auto handler = [&](const httplib::Request& came, httplib::Response& out) {
    answer(**opened, came, out);
  };
  server.Get(".*", handler).Post(".*", handler).Put(".*", handler);
  server.Patch(".*", handler).Delete(".*", handler).Options(".*", handler);
  return server.listen("127.0.0.1", std::atoi(words[2])) ? 0 : 1;
}
