// openssl.cpp - the context. A new context has the built-in default provider and has read no
// configuration.
#include "crypto/openssl.hpp"

#include <openssl/crypto.h>

namespace kameng::crypto {

OSSL_LIB_CTX* openssl_context() noexcept {
  static OSSL_LIB_CTX* const context = OSSL_LIB_CTX_new();
  return context;
}

}  // namespace kameng::crypto
