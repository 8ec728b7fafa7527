// wechat_login.hpp - signing in with WeChat: a website application (a QR code in the browser) and
// an official account (inside WeChat).
//
// Sources: WeChat Open Platform, "Website application: WeChat login"; Official Accounts, "Web page
// authorisation". The order of the parameters and the fragment are required. Errors come with HTTP
// 200 and an errcode.
#pragma once

#include <string>
#include <utility>

#include "account/identity_provider.hpp"

namespace kameng::provider {

class WechatLogin final : public account::IdentityProvider {
 public:
  WechatLogin(account::IdentityApp app, bool in_app) : app_(std::move(app)), in_app_(in_app) {}

  [[nodiscard]] std::string_view family() const override { return "wechat"; }
  [[nodiscard]] std::string_view app() const override { return app_.app_id; }
  [[nodiscard]] std::string authorize_url(std::string_view state) const override;
  [[nodiscard]] account::NextRequest redeem(std::string_view code) const override;
  [[nodiscard]] Result<account::IdentityStep> read(std::string_view step,
                                                   const HttpResponse& response,
                                                   std::string_view held) const override;

 private:
  account::IdentityApp app_;
  bool in_app_;
};

}  // namespace kameng::provider
