// qq_login.hpp - signing in with QQ.
//
// Source: QQ Connect, "Authorization_Code" and "OpenID_OAuth2.0". With
// fmt=json answers are JSON; without it, and in some errors, they are wrapped in callback( ... );,
// which is taken off by its exact beginning and end and never evaluated.
#pragma once

#include <string>
#include <utility>

#include "account/identity_provider.hpp"

namespace kameng::provider {

class QqLogin final : public account::IdentityProvider {
 public:
  explicit QqLogin(account::IdentityApp app) : app_(std::move(app)) {}

  [[nodiscard]] std::string_view family() const override { return "qq"; }
  [[nodiscard]] std::string_view app() const override { return app_.app_id; }
  [[nodiscard]] std::string authorize_url(std::string_view state) const override;
  [[nodiscard]] account::NextRequest redeem(std::string_view code) const override;
  [[nodiscard]] Result<account::IdentityStep> read(std::string_view step,
                                                   const HttpResponse& response,
                                                   std::string_view held) const override;

 private:
  account::IdentityApp app_;
};

}  // namespace kameng::provider
