#include "account/http_signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/secret.hpp"
#include "crypto/hash.hpp"

namespace kameng::account {
namespace {

constexpr std::array<std::string_view, 5> covered{"@method", "@authority", "@path", "@query",
                                                  "content-digest"};

// Reads one text from its front; every function is false when it is not what was asked for.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  bool take(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) {
      return false;
    }
    rest_.remove_prefix(wanted.size());
    return true;
  }
  // RFC 8941 section 3.1.2: a key.
  bool take_key(std::string& key) {
    const auto is_first = [](char c) { return (c >= 'a' && c <= 'z') || c == '*'; };
    const auto is_more = [&](char c) {
      return is_first(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    };
    if (rest_.empty() || !is_first(rest_.front())) {
      return false;
    }
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_more);
    key.assign(rest_.begin(), end);
    rest_.remove_prefix(key.size());
    return true;
  }
  // A string without anything that would have to be escaped.
  bool take_string(std::string& text) {
    if (!take("\"")) {
      return false;
    }
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) {
      return false;
    }
    text.assign(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
  }
  bool take_integer(std::int64_t& number) {
    constexpr std::size_t digits_max = 15;
    const std::size_t size = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    if (size == 0 || size > digits_max || (size > 1 && rest_.front() == '0')) {
      return false;
    }
    std::from_chars(rest_.data(), rest_.data() + size, number);
    rest_.remove_prefix(size);
    return true;
  }
  // :base64:, as it is printed.
  bool take_bytes(Bytes& bytes) {
    if (!take(":")) {
      return false;
    }
    const std::size_t end = rest_.find(':');
    const auto decoded =
        end == std::string_view::npos ? std::nullopt : from_base64(rest_.substr(0, end));
    if (!decoded || to_base64(*decoded) != rest_.substr(0, end)) {
      return false;
    }
    bytes = *decoded;
    rest_.remove_prefix(end + 1);
    return true;
  }

 private:
  std::string_view rest_;
};

bool read_components(Reader& reader, std::vector<std::string>& names) {
  if (!reader.take("(")) {
    return false;
  }
  do {
    if (!reader.take_string(names.emplace_back())) {
      return false;
    }
  } while (reader.take(" ") && names.size() <= covered.size());
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> wanted(covered.begin(), covered.end());
  std::sort(wanted.begin(), wanted.end());
  return reader.take(")") && sorted == wanted;
}

bool read_parameters(Reader& reader, ParsedSignature& parsed) {
  std::vector<std::string> seen;
  while (reader.take(";")) {
    std::string key;
    if (!reader.take_key(key) || !reader.take("=") ||
        std::find(seen.begin(), seen.end(), key) != seen.end()) {
      return false;
    }
    seen.push_back(key);
    const bool read = key == "created"   ? reader.take_integer(parsed.created_s)
                      : key == "expires" ? reader.take_integer(parsed.expires_s)
                      : key == "nonce"   ? reader.take_string(parsed.nonce)
                      : key == "alg"     ? reader.take_string(parsed.alg)
                      : key == "keyid"   ? reader.take_string(parsed.key_id)
                                         : false;
    if (!read) {
      return false;
    }
  }
  return seen.size() == 5 && reader.at_end();
}

// Lower case, without the scheme's own port (RFC 9421 section 2.2.3).
std::string authority_of(std::string_view authority) {
  std::string lower(authority);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const std::string_view port : {":443", ":80"}) {
    if (lower.ends_with(port)) {
      lower.resize(lower.size() - port.size());
      break;
    }
  }
  return lower;
}

std::string value_of(const SignedRequest& request, std::string_view component) {
  return component == "@method"      ? request.method
         : component == "@authority" ? authority_of(request.authority)
         : component == "@path"      ? request.path
         : component == "@query"     ? "?" + request.query
                                     : request.content_digest;
}

bool is_body(const SignedRequest& request) {
  Reader reader(request.content_digest);
  Bytes digest;
  return reader.take("sha-256=") && reader.take_bytes(digest) && reader.at_end() &&
         equal_constant_time(digest, crypto::sha256(as_bytes(request.body)));
}

}  // namespace

std::string signature_base(const Components& components, std::string_view params) {
  std::string base;
  for (const auto& [name, value] : components) {
    base += "\"" + name + "\": " + value + "\n";
  }
  return base + "\"@signature-params\": " + std::string(params);
}

std::optional<ParsedSignature> parse_signature(const SignedRequest& request) {
  ParsedSignature parsed;
  std::string label;
  std::string signed_label;
  Reader input(request.signature_input);
  std::vector<std::string> names;
  if (!input.take_key(label) || !input.take("=")) {
    return std::nullopt;
  }
  const std::string params = request.signature_input.substr(label.size() + 1);
  if (!read_components(input, names) || !read_parameters(input, parsed)) {
    return std::nullopt;
  }
  Reader signature(request.signature);
  if (!signature.take_key(signed_label) || signed_label != label || !signature.take("=") ||
      !signature.take_bytes(parsed.signature) || !signature.at_end()) {
    return std::nullopt;
  }
  constexpr std::size_t nonce_min = 16, nonce_max = 64;
  if (parsed.nonce.size() < nonce_min || parsed.nonce.size() > nonce_max || !is_body(request)) {
    return std::nullopt;
  }
  Components components;
  for (const std::string& name : names) {
    components.emplace_back(name, value_of(request, name));
  }
  parsed.base = signature_base(components, params);
  return parsed;
}

}  // namespace kameng::account
