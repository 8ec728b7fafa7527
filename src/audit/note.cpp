// note.cpp - signed notes: printing and opening.
#include "audit/note.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace kameng::audit {
namespace {

constexpr std::uint8_t ed25519 = 0x01;
constexpr std::string_view dash = "\xe2\x80\x94 ";  // U+2014 and a space open a signature line

using KeyHash = std::array<std::uint8_t, 4>;

// SHA-256(name || 0x0A || type || key), the first four bytes.
KeyHash key_hash(std::string_view name, const crypto::PublicKey& key) {
  constexpr std::uint8_t between[] = {0x0a, ed25519};
  const Hash hash = crypto::sha256_of({as_bytes(name), between, key});
  KeyHash first{};
  std::copy_n(hash.begin(), first.size(), first.begin());
  return first;
}

// Cuts the text up to the next line feed, which must be there.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc{} || end != text.data() + text.size() || leading_zero) {
    return std::nullopt;
  }
  return size;
}

std::optional<TreeHead> parse_tree_head(std::string_view text) {
  const auto origin = take_line(text);
  const auto size_line = take_line(text);
  const auto root_line = take_line(text);
  if (!origin || origin->empty() || !size_line || !root_line) {
    return std::nullopt;
  }
  const auto size = parse_size(*size_line);
  const auto root = from_base64(*root_line);
  TreeHead head;
  if (!size || !root || root->size() != head.root.size()) {
    return std::nullopt;
  }
  head.origin = *origin;
  head.size = *size;
  std::copy(root->begin(), root->end(), head.root.begin());
  return head;
}

// The signature of a line "<dash><name> base64(hash || signature)" by this name and key.
std::optional<crypto::Signature> parse_signature(std::string_view line, std::string_view name,
                                                 const KeyHash& hash) {
  if (line.substr(0, dash.size()) != dash) {
    return std::nullopt;
  }
  line.remove_prefix(dash.size());
  if (line.substr(0, name.size()) != name || line.substr(name.size(), 1) != " ") {
    return std::nullopt;
  }
  const auto bytes = from_base64(line.substr(name.size() + 1));
  crypto::Signature signature{};
  if (!bytes || bytes->size() != hash.size() + signature.size() ||
      !std::equal(hash.begin(), hash.end(), bytes->begin())) {
    return std::nullopt;
  }
  std::copy_n(bytes->data() + hash.size(), signature.size(), signature.begin());
  return signature;
}

}  // namespace

bool is_note_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c > ' ' && c <= '~' && c != '+'; });
}

std::string print_tree_head(const TreeHead& head) {
  return head.origin + "\n" + std::to_string(head.size) + "\n" + to_base64(head.root) + "\n";
}

std::string print_note(std::string_view text, std::string_view name, const crypto::PublicKey& key,
                       const crypto::Signature& signature) {
  const KeyHash hash = key_hash(name, key);
  Bytes bytes(hash.begin(), hash.end());
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  std::string note(text);
  note.append("\n").append(dash).append(name).append(" ").append(to_base64(bytes)).append("\n");
  return note;
}

std::optional<std::string_view> signed_text(std::string_view note, std::string_view name,
                                            const crypto::PublicKey& key) {
  // The last empty line ends the text; the text keeps its own last line feed.
  const std::size_t gap = note.rfind("\n\n");
  if (!is_note_name(name) || gap == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view text = note.substr(0, gap + 1);
  std::string_view lines = note.substr(gap + 2);
  const KeyHash hash = key_hash(name, key);
  bool signed_by_key = false;
  while (!lines.empty()) {
    const auto line = take_line(lines);
    if (!line) {
      return std::nullopt;
    }
    const auto signature = parse_signature(*line, name, hash);
    if (signature && crypto::verify(key, as_bytes(text), *signature)) {
      signed_by_key = true;
    }
  }
  return signed_by_key ? std::optional<std::string_view>(text) : std::nullopt;
}

std::optional<TreeHead> open_note(std::string_view note, std::string_view name,
                                  const crypto::PublicKey& key) {
  const auto text = signed_text(note, name, key);
  auto head = text ? parse_tree_head(*text) : std::nullopt;
  // A log's key signs for its own log only, whatever text it was made to sign.
  return head && head->origin == name ? head : std::nullopt;
}

std::string print_verifier_key(std::string_view name, const crypto::PublicKey& key) {
  Bytes typed{ed25519};
  typed.insert(typed.end(), key.begin(), key.end());
  return std::string(name) + "+" + to_hex(key_hash(name, key)) + "+" + to_base64(typed);
}

}  // namespace kameng::audit
