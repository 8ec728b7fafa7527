// sandbox_provider.hpp - a payment provider that exists only here: it signs notices with
// HMAC-SHA256 and charges no fee. Cannot run beside a live provider, nor on a file database without
// `allow_sandbox`.
#pragma once

#include <memory>

#include "base/secret.hpp"
#include "payment/provider.hpp"

namespace kameng::provider {

// `secret` signs its notices: a key of the shop's own ring, so no two shops accept each other's.
[[nodiscard]] std::unique_ptr<payment::Provider> make_sandbox(SecretBytes secret);

}  // namespace kameng::provider
