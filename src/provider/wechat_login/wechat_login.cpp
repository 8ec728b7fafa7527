#include "provider/wechat_login/wechat_login.hpp"

#include <algorithm>
#include <array>

#include "json/parse.hpp"
#include "text/url.hpp"

namespace kameng::provider {
namespace {

using account::IdentityStep;
using account::NextRequest;
using account::Subject;

// invalid code, expired code, missing code, code been used
constexpr std::array<std::int64_t, 4> refused_codes{40029, 42003, 41008, 40163};

std::optional<std::string> text_of(const json::Value& body, std::string_view name) {
  const json::Value* const value = body.find(name);
  const std::string* const text = value != nullptr ? value->string() : nullptr;
  return text != nullptr && !text->empty() ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

std::string WechatLogin::authorize_url(std::string_view state) const {
  return std::string("https://open.weixin.qq.com/connect/") +
         (in_app_ ? "oauth2/authorize" : "qrconnect") +
         "?appid=" + text::percent_encode(app_.app_id) +
         "&redirect_uri=" + text::percent_encode(app_.redirect_uri) +
         "&response_type=code&scope=" + (in_app_ ? "snsapi_base" : "snsapi_login") +
         "&state=" + text::percent_encode(state) + "#wechat_redirect";
}

NextRequest WechatLogin::redeem(std::string_view code) const {
  NextRequest next;
  next.step = "token";
  next.http.method = "GET";
  next.http.url = "https://api.weixin.qq.com/sns/oauth2/access_token?appid=" +
                  text::percent_encode(app_.app_id) +
                  "&secret=" + text::percent_encode(app_.app_secret) +
                  "&code=" + text::percent_encode(code) + "&grant_type=authorization_code";
  return next;
}

Result<IdentityStep> WechatLogin::read(std::string_view /*step*/, const HttpResponse& response,
                                       std::string_view /*held*/) const {
  const Result<json::Value> body = json::parse(response.body);
  if (response.status != 200 || !body.ok()) {
    return account::identity_provider_failed();
  }
  if (const json::Value* const code = body->find("errcode")) {
    const std::int64_t* const number = code->integer();
    if (number == nullptr || *number != 0) {
      const bool is_refused =
          number != nullptr &&
          std::find(refused_codes.begin(), refused_codes.end(), *number) != refused_codes.end();
      return is_refused ? account::identity_refused() : account::identity_provider_failed();
    }
  }
  std::optional<std::string> openid = text_of(*body, "openid");
  if (!openid) {
    return account::identity_provider_failed();
  }
  return IdentityStep(Subject{std::move(*openid), text_of(*body, "unionid")});
}

}  // namespace kameng::provider
