// signed_request.hpp - an HTTP request whose caller signed it (RFC 9421), as the gateway hands it
// over. No document can say this: it is what came over the wire.
#pragma once

#include <string>

namespace kameng {

struct SignedRequest {
  std::string method;
  std::string authority;
  std::string path;   // as it came
  std::string query;  // behind the question mark; empty when there is none
  std::string content_digest;
  std::string signature_input;
  std::string signature;
  std::string body;
};

}  // namespace kameng
