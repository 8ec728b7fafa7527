// http_signature.hpp - HTTP Message Signatures (RFC 9421) as kameng takes them, and nothing else.
//
// One signature. It covers "@method", "@authority", "@path", "@query" and "content-digest", each
// once and nothing besides, in any order; and has created, expires, nonce, alg and keyid. Content-
// Digest (RFC 9530) is sha-256. What is written in another way than the structured fields of RFC
// 8941 print it is refused: two readers of one text is what attacks are made of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kameng/signed_request.hpp>

#include "base/bytes.hpp"

namespace kameng::account {

using Components = std::vector<std::pair<std::string, std::string>>;

// RFC 9421 section 2.5: each component on its line, the parameters on the last.
[[nodiscard]] std::string signature_base(const Components& components, std::string_view params);

struct ParsedSignature {
  std::string key_id;
  std::string alg;
  std::string nonce;
  std::int64_t created_s = 0;
  std::int64_t expires_s = 0;
  Bytes signature;
  std::string base;  // what was signed
};

// Nothing for anything that is not exactly that, or whose body is not the one of its digest.
[[nodiscard]] std::optional<ParsedSignature> parse_signature(const SignedRequest& request);

}  // namespace kameng::account
