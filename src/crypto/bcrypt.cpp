#include "crypto/bcrypt.hpp"

#include <memory>

#include <crypt.h>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace kameng::crypto {
namespace {

constexpr std::size_t hash_length = 60;
constexpr std::size_t salt_end = 29;
constexpr std::size_t bytes_read = 72;
constexpr std::string_view alphabet =
    "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What crypt_r works in holds the password; it is wiped behind it.
struct WipedScratch {
  WipedScratch() = default;
  WipedScratch(const WipedScratch&) = delete;
  WipedScratch& operator=(const WipedScratch&) = delete;
  ~WipedScratch() { wipe(&data, sizeof data); }
  ::crypt_data data{};
};

bool has_nul(std::string_view password) {
  return password.find('\0') != std::string_view::npos;
}

// Of what stands before a NUL, and of the bytes that bcrypt reads: the system refuses some texts
// that are longer (512 bytes) without hashing them. Empty when it refuses the setting.
std::string run(std::string_view password, const std::string& setting) {
  const auto scratch = std::make_unique<WipedScratch>();
  std::string text(password.substr(0, bytes_read));
  const char* made = ::crypt_r(text.c_str(), setting.c_str(), &scratch->data);
  wipe(text);
  return made == nullptr || made[0] == '*' ? std::string() : std::string(made);
}

}  // namespace

std::optional<int> bcrypt_cost(std::string_view hash) noexcept {
  if (hash.size() != hash_length || !hash.starts_with("$2") ||
      std::string_view("aby").find(hash[2]) == std::string_view::npos || hash[3] != '$' ||
      !is_digit(hash[4]) || !is_digit(hash[5]) || hash[6] != '$' ||
      hash.substr(7).find_first_not_of(alphabet) != std::string_view::npos) {
    return std::nullopt;
  }
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  return cost >= bcrypt_cost_min && cost <= bcrypt_cost_max ? std::optional<int>(cost)
                                                            : std::nullopt;
}

std::optional<std::string> bcrypt(std::string_view password, int cost,
                                  const std::array<std::uint8_t, 16>& salt) {
  if (has_nul(password)) {
    return std::nullopt;
  }
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  if (::crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost),
                         reinterpret_cast<const char*>(salt.data()), static_cast<int>(salt.size()),
                         setting.data(), static_cast<int>(setting.size())) == nullptr) {
    return std::nullopt;
  }
  std::string made = run(password, setting.data());
  return made.empty() ? std::nullopt : std::optional<std::string>(std::move(made));
}

std::optional<bool> bcrypt_verify(std::string_view password, std::string_view hash) {
  if (!bcrypt_cost(hash)) {
    return std::nullopt;
  }
  const std::string made = run(password, std::string(hash));
  if (made.size() != hash.size()) {
    return std::nullopt;
  }
  // Without the salt: its last character holds two bits that count and four that some programs
  // leave set and the system clears.
  const bool same = equal_constant_time(as_bytes(std::string_view(made).substr(salt_end)),
                                        as_bytes(hash.substr(salt_end)));
  return same && !has_nul(password);
}

}  // namespace kameng::crypto
