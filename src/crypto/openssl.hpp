// openssl.hpp - our own OpenSSL context. Private to this folder.
#pragma once

#include <openssl/types.h>

namespace kameng::crypto {

// Made at the first call and kept until the process ends; null only for want of memory. Any thread.
[[nodiscard]] OSSL_LIB_CTX* openssl_context() noexcept;

}  // namespace kameng::crypto
