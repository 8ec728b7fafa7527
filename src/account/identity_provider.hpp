// identity_provider.hpp - somebody else who knows who a person is. Builds requests and reads
// answers; the host sends them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <kameng/outbox.hpp>
#include <kameng/result.hpp>

#include "base/secret.hpp"

namespace kameng::account {

// An application of the shop at the provider.
struct IdentityApp {
  std::string app_id;
  std::string app_secret;
  std::string redirect_uri;
};

// Who it is, in the provider's words. `union_id` is the same in all applications of one owner.
struct Subject {
  std::string subject;
  std::optional<std::string> union_id = {};
};

// One more request, and what its answer will need: a token, which nobody else sees.
struct NextRequest {
  std::string step;
  HttpRequest http;
  SecretText held = {};
};

using IdentityStep = std::variant<NextRequest, Subject>;

// Any thread, stateless.
class IdentityProvider {
 public:
  IdentityProvider() = default;
  IdentityProvider(const IdentityProvider&) = delete;
  IdentityProvider& operator=(const IdentityProvider&) = delete;
  virtual ~IdentityProvider() = default;

  // The family of subjects: two applications of one may share theirs.
  [[nodiscard]] virtual std::string_view family() const = 0;
  [[nodiscard]] virtual std::string_view app() const = 0;
  // Where the browser goes. `state` is URL-safe.
  [[nodiscard]] virtual std::string authorize_url(std::string_view state) const = 0;
  // `code` is what the browser came back with.
  [[nodiscard]] virtual NextRequest redeem(std::string_view code) const = 0;
  // The answer to the request of `step`. Refuses with UNAUTHENTICATED identity.refused (the code
  // was used, too old or made up) and UNAVAILABLE identity.provider_failed.
  [[nodiscard]] virtual Result<IdentityStep> read(std::string_view step,
                                                  const HttpResponse& response,
                                                  std::string_view held) const = 0;
};

// By the name under which they are asked for: "wechat", "wechat_in_app", "qq".
using IdentityProviders = std::map<std::string, std::unique_ptr<IdentityProvider>, std::less<>>;

[[nodiscard]] Error identity_refused();
[[nodiscard]] Error identity_provider_failed();

}  // namespace kameng::account
