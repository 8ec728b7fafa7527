// dsn.cpp - see dsn.hpp.
#include "sql/mariadb/dsn.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace kameng::sql::mariadb {
namespace {

// Cuts the text in front of the mark off `rest`, which goes on behind it; nothing without the mark.
std::optional<std::string_view> cut(std::string_view& rest, std::string_view mark) {
  const std::size_t at = rest.find(mark);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view head = rest.substr(0, at);
  rest.remove_prefix(at + mark.size());
  return head;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// Of visible ASCII only: whatever else a part holds is written in percents. A NUL would end the
// text for the client library, so there is none.
std::optional<std::string> decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c <= ' ' || c > '~') {
      return std::nullopt;
    }
    if (c == '%') {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0 || high + low == 0) {
        return std::nullopt;
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    plain.push_back(c);
  }
  return plain;
}

bool decode_into(std::string& part, std::string_view text) {
  std::optional<std::string> plain = decode(text);
  part = plain.value_or("");
  return plain.has_value();
}

bool read_port(std::string_view text, int& port) {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  return fault == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool read_flag(std::string_view text, bool& flag) {
  flag = text == "1";
  return flag || text == "0";
}

bool read_host(std::string_view text, Address& address) {
  if (!text.empty() && text.front() == '[') {  // an IPv6 address
    text.remove_prefix(1);
    const auto host = cut(text, "]");
    if (!host || host->empty() || !decode_into(address.host, *host)) {
      return false;
    }
    return text.empty() || (text.front() == ':' && read_port(text.substr(1), address.port));
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && !read_port(text.substr(colon + 1), address.port)) {
    return false;
  }
  return decode_into(address.host, text.substr(0, colon));
}

bool read_parameter(std::string_view name, std::string_view value, Address& address) {
  if (name == "socket") {
    return decode_into(address.socket, value) && !address.socket.empty();
  }
  if (name == "ssl") {
    return read_flag(value, address.encrypted);
  }
  if (name == "ssl_verify") {
    return read_flag(value, address.verified);
  }
  std::string* const file = name == "ssl_ca"     ? &address.authorities
                            : name == "ssl_cert" ? &address.certificate
                            : name == "ssl_key"  ? &address.private_key
                                                 : nullptr;
  return file != nullptr && decode_into(*file, value) && !file->empty();
}

bool read_parameters(std::string_view text, Address& address) {
  std::set<std::string_view> names;
  while (!text.empty()) {
    std::string_view rest = text;
    const auto before = cut(rest, "&");
    std::string_view value = before.value_or(text);
    text = before ? rest : std::string_view();
    const auto name = cut(value, "=");
    if (!name || !names.insert(*name).second || !read_parameter(*name, value, address) ||
        (before && text.empty())) {
      return false;
    }
  }
  const bool asks_for_tls = names.count("ssl_verify") != 0 || names.count("ssl_ca") != 0 ||
                            names.count("ssl_cert") != 0 || names.count("ssl_key") != 0;
  if (asks_for_tls && names.count("ssl") != 0 && !address.encrypted) {
    return false;
  }
  address.encrypted = address.encrypted || asks_for_tls;
  return address.certificate.empty() == address.private_key.empty();
}

}  // namespace

std::optional<Address> parse_dsn(std::string_view text) {
  const auto scheme = cut(text, "://");
  if (!scheme || (*scheme != "mariadb" && *scheme != "mysql")) {
    return std::nullopt;
  }
  Address address;
  const std::size_t question = text.find('?');
  if (question != std::string_view::npos &&
      (question + 1 == text.size() || !read_parameters(text.substr(question + 1), address))) {
    return std::nullopt;
  }
  text = text.substr(0, question);
  std::string_view database = text;
  const auto authority = cut(database, "/");
  if (!authority || database.find('/') != std::string_view::npos ||
      !decode_into(address.database, database) || address.database.empty()) {
    return std::nullopt;
  }
  std::string_view host = *authority;
  std::string_view password;
  auto user = cut(host, "@");
  if (!user || host.find('@') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t colon = user->find(':');
  if (colon != std::string_view::npos) {
    password = user->substr(colon + 1);
    user = user->substr(0, colon);
  }
  if (!decode_into(address.user, *user) || address.user.empty() ||
      !decode_into(address.password, password) || !read_host(host, address)) {
    return std::nullopt;
  }
  // Where to is said once.
  if (address.socket.empty() == address.host.empty()) {
    // A socket belongs to this machine, so its name beside it contradicts nothing.
    if (address.socket.empty() || address.host != "localhost") {
      return std::nullopt;
    }
  }
  return address;
}

}  // namespace kameng::sql::mariadb
