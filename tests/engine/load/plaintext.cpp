// plaintext.cpp - the forms, made from first principles and not with the engine's own encoders.
#include "plaintext.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <string.h>

namespace kameng::test {

namespace {

std::string utf_16(std::string_view ascii, bool big_endian) {
  std::string wide;
  for (const char c : ascii) {
    wide += big_endian ? '\0' : c;
    wide += big_endian ? c : '\0';
  }
  return wide;
}

std::string hex(std::string_view bytes, std::string_view digits) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

// `skipped` bytes stand before the secret in its group of three; digits that hold bits of other
// bytes are left out.
std::string base64(std::string_view secret, std::size_t skipped, std::string_view last_two) {
  static constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const std::size_t first_bit = skipped * 8, end_bit = first_bit + secret.size() * 8;
  const auto bit = [&](std::size_t at) {
    const auto byte = static_cast<std::uint8_t>(secret[(at - first_bit) / 8]);
    return (static_cast<unsigned>(byte) >> (7U - at % 8)) & 1U;
  };
  std::string text;
  for (std::size_t digit = (first_bit + 5) / 6; digit * 6 + 6 <= end_bit; ++digit) {
    unsigned value = 0;
    for (std::size_t at = digit * 6; at < digit * 6 + 6; ++at) {
      value = value * 2 + bit(at);
    }
    text += value < letters.size() ? letters[value] : last_two[value - letters.size()];
  }
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> forms_of(std::string_view secret) {
  std::vector<std::pair<std::string, std::string>> forms{{"UTF-8", std::string(secret)},
                                                         {"UTF-16LE", utf_16(secret, false)},
                                                         {"UTF-16BE", utf_16(secret, true)},
                                                         {"hex", hex(secret, "0123456789abcdef")},
                                                         {"HEX", hex(secret, "0123456789ABCDEF")}};
  for (std::size_t skipped = 0; skipped < 3; ++skipped) {
    const std::string suffix = " after " + std::to_string(skipped);
    forms.emplace_back("base64" + suffix, base64(secret, skipped, "+/"));
    forms.emplace_back("base64url" + suffix, base64(secret, skipped, "-_"));
  }
  return forms;
}

void Search::look_for(const std::string& name, std::string_view secret) {
  for (auto& [form, bytes] : forms_of(secret)) {
    forms_.emplace_back(name + " as " + form, std::move(bytes));
  }
}

std::vector<std::string> Search::in(const std::string& place, std::string_view bytes) const {
  std::vector<std::string> found;
  for (const auto& [name, form] : forms_) {
    if (::memmem(bytes.data(), bytes.size(), form.data(), form.size()) != nullptr) {
      found.push_back(name + " in " + place);
    }
  }
  return found;
}

std::map<std::string, std::string> read_folder(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      std::ifstream file(entry.path(), std::ios::binary);
      files[entry.path().filename()] = std::string(std::istreambuf_iterator<char>(file), {});
    }
  }
  return files;
}

}  // namespace kameng::test
