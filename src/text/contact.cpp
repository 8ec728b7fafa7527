// contact.cpp - see contact.hpp.
#include "text/contact.hpp"

#include <algorithm>
#include <cstddef>

namespace kameng::text {
namespace {

constexpr std::size_t email_bytes_max = 254;       // RFC 5321 section 4.5.3.1.3, less the brackets
constexpr std::size_t email_local_bytes_max = 64;  // section 4.5.3.1.1
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t phone_digits_min = 7;
constexpr std::size_t phone_digits_max = 15;  // E.164
constexpr std::size_t mainland_digits = 11;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view without_spaces_around(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

// RFC 5321 Dot-string: atoms joined by single dots.
bool is_local_part(std::string_view local) {
  constexpr std::string_view marks = "!#$%&'*+-/=?^_`{|}~";
  if (local.empty() || local.size() > email_local_bytes_max || local.front() == '.' ||
      local.back() == '.' || local.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(local.begin(), local.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || marks.find(c) != std::string_view::npos;
  });
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_letter(c) || is_digit(c) || c == '-';
         });
}

bool is_domain(std::string_view domain) {
  std::size_t labels = 0;
  for (;;) {
    const std::size_t dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    if (!is_label(label)) {
      return false;
    }
    ++labels;
    if (dot == std::string_view::npos) {
      // A last label of digits alone would be an IP address.
      return labels >= 2 && !std::all_of(label.begin(), label.end(), is_digit);
    }
    domain.remove_prefix(dot + 1);
  }
}

bool is_mainland_mobile(std::string_view digits) {
  return digits.size() == mainland_digits && digits[0] == '1' && digits[1] >= '3';
}

}  // namespace

std::optional<std::string> normalize_email(std::string_view text) {
  text = without_spaces_around(text);
  const std::size_t at = text.rfind('@');
  if (text.size() > email_bytes_max || at == std::string_view::npos ||
      !is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1))) {
    return std::nullopt;
  }
  std::string normalized(text);
  std::transform(normalized.begin() + static_cast<std::ptrdiff_t>(at), normalized.end(),
                 normalized.begin() + static_cast<std::ptrdiff_t>(at), lower);
  return normalized;
}

std::string email_index_form(std::string_view normalized) {
  std::string form(normalized);
  std::transform(form.begin(), form.end(), form.begin(), lower);
  return form;
}

std::optional<std::string> normalize_phone(std::string_view text) {
  text = without_spaces_around(text);
  bool international = false;
  if (!text.empty() && text.front() == '+') {
    international = true;
    text.remove_prefix(1);
  }
  std::string digits;
  for (const char c : text) {
    if (is_digit(c)) {
      digits.push_back(c);
    } else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')') {
      return std::nullopt;
    }
  }
  if (!international && digits.substr(0, 2) == "00") {
    international = true;
    digits.erase(0, 2);
  }
  if (!international) {
    if (is_mainland_mobile(digits)) {
      digits.insert(0, "86");
    } else if (digits.substr(0, 2) != "86" || !is_mainland_mobile(digits.substr(2))) {
      return std::nullopt;  // a number without its country could be anybody's
    }
  }
  if (digits.size() < phone_digits_min || digits.size() > phone_digits_max || digits[0] == '0') {
    return std::nullopt;
  }
  // A mainland mobile number with a digit too many or too few is a slip of the finger, not a
  // number.
  if (digits.substr(0, 3) == "861" && digits[3] >= '3' && !is_mainland_mobile(digits.substr(2))) {
    return std::nullopt;
  }
  return "+" + digits;
}

std::string mask_phone(std::string_view normalized) {
  // The last four stay, as on receipts; of a short number the last two.
  const std::size_t tail = normalized.size() >= 11 ? 4 : 2;
  const std::size_t hidden =
      std::min<std::size_t>(4, normalized.size() - std::min(normalized.size(), tail));
  const std::size_t head = normalized.size() - std::min(normalized.size(), hidden + tail);
  return std::string(normalized.substr(0, head)) + "****" +
         std::string(normalized.substr(head + hidden));
}

std::string mask_email(std::string_view normalized) {
  const std::size_t at = std::min(normalized.rfind('@'), normalized.size());
  return std::string(normalized.substr(0, at > 1 ? 1 : 0)) + "***" +
         std::string(normalized.substr(at));
}

std::string mask_name(std::string_view name) {
  std::size_t first = name.empty() ? 0 : 1;
  while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xC0U) == 0x80U) {
    ++first;
  }
  return std::string(name.substr(0, first)) + "**";
}

}  // namespace kameng::text
