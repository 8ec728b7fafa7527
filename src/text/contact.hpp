// contact.hpp - the one written form of an e-mail address or a phone number, so that two spellings
// of one contact are one person to the blind index.
//
// Not here: whether a contact exists or belongs to anybody (account), and how it is sealed (keys).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kameng::text {

// The address as it is kept and written to: spaces around it gone, the domain in lower case, the
// local part as typed. Nothing for what is not an address: ASCII only (a domain in its xn-- form),
// no quoted local part, at most 254 bytes, at most 64 before the @, a domain of two labels or more.
[[nodiscard]] std::optional<std::string> normalize_email(std::string_view text);

// What an address is looked up by: all in lower case, because no provider in use tells Tom@ from
// tom@. Takes what normalize_email() gave.
[[nodiscard]] std::string email_index_form(std::string_view normalized);

// E.164: "+8613800138000". Spaces, hyphens, dots and parentheses are left out, 00 is read as +.
// Mainland mobile numbers of 11 digits need no prefix, and may have 86 without the plus; any other
// number needs its country.
[[nodiscard]] std::optional<std::string> normalize_phone(std::string_view text);

// A contact or a name as it is shown to who may not see it whole: enough to recognise, not enough
// to use. "+86138****8000", "l***@example.com", "T**".
[[nodiscard]] std::string mask_phone(std::string_view normalized);
[[nodiscard]] std::string mask_email(std::string_view normalized);
[[nodiscard]] std::string mask_name(std::string_view name);

}  // namespace kameng::text
