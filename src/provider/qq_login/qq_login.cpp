#include "provider/qq_login/qq_login.hpp"

#include <string>

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "json/parse.hpp"
#include "text/url.hpp"

namespace kameng::provider {
namespace {

using account::IdentityStep;
using account::NextRequest;
using account::Subject;

constexpr std::string_view refused_code = "100019";    // the code is not, or no longer, one
constexpr std::string_view refused_token = "100016";   // access token check failed
constexpr std::string_view no_union_right = "100048";  // this application gets no unionid

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view spaces = " \t\r\n";
  const std::size_t first = text.find_first_not_of(spaces);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

// callback( {...} );
std::string_view unwrapped(std::string_view body) {
  constexpr std::string_view begin = "callback(";
  constexpr std::string_view end = ");";
  const std::string_view text = trimmed(body);
  if (text.size() < begin.size() + end.size() || text.substr(0, begin.size()) != begin ||
      text.substr(text.size() - end.size()) != end) {
    return text;
  }
  return trimmed(text.substr(begin.size(), text.size() - begin.size() - end.size()));
}

// A member as text; numbers as their digits.
std::string member(const json::Value& body, std::string_view name) {
  const json::Value* const value = body.find(name);
  if (value == nullptr) {
    return {};
  }
  if (const std::int64_t* const number = value->integer()) {
    return std::to_string(*number);
  }
  const std::string* const text = value->string();
  return text != nullptr ? *text : std::string();
}

NextRequest me_request(std::string_view token, bool with_union) {
  NextRequest next;
  next.step = with_union ? "me" : "me_alone";
  next.http.method = "GET";
  next.http.url = "https://graph.qq.com/oauth2.0/me?access_token=" + text::percent_encode(token) +
                  (with_union ? "&unionid=1&fmt=json" : "&fmt=json");
  next.held = SecretText(std::string(token));
  return next;
}

}  // namespace

std::string QqLogin::authorize_url(std::string_view state) const {
  return "https://graph.qq.com/oauth2.0/authorize?response_type=code&client_id=" +
         text::percent_encode(app_.app_id) +
         "&redirect_uri=" + text::percent_encode(app_.redirect_uri) +
         "&state=" + text::percent_encode(state) + "&scope=get_user_info";
}

NextRequest QqLogin::redeem(std::string_view code) const {
  NextRequest next;
  next.step = "token";
  next.http.method = "GET";
  next.http.url = "https://graph.qq.com/oauth2.0/token?grant_type=authorization_code&client_id=" +
                  text::percent_encode(app_.app_id) +
                  "&client_secret=" + text::percent_encode(app_.app_secret) +
                  "&code=" + text::percent_encode(code) +
                  "&redirect_uri=" + text::percent_encode(app_.redirect_uri) + "&fmt=json";
  return next;
}

Result<IdentityStep> QqLogin::read(std::string_view step, const HttpResponse& response,
                                   std::string_view held) const {
  const Result<json::Value> body = json::parse(unwrapped(response.body));
  if (response.status != 200 || !body.ok()) {
    return account::identity_provider_failed();
  }
  if (const std::string error = member(*body, "error"); !error.empty() && error != "0") {
    if (step == "me" && error == no_union_right) {
      return IdentityStep(me_request(held, false));
    }
    return error == refused_code || error == refused_token ? account::identity_refused()
                                                           : account::identity_provider_failed();
  }
  if (step == "token") {
    const SecretText token(member(*body, "access_token"));
    return token.view().empty() ? Result<IdentityStep>(account::identity_provider_failed())
                                : Result<IdentityStep>(me_request(token.view(), true));
  }
  const std::string openid = member(*body, "openid");
  if (openid.empty()) {
    return account::identity_provider_failed();
  }
  // A token that was given to another application would sign its users in here.
  if (!equal_constant_time(as_bytes(member(*body, "client_id")), as_bytes(app_.app_id))) {
    return account::identity_refused();
  }
  const std::string union_id = member(*body, "unionid");
  return IdentityStep(
      Subject{openid, union_id.empty() ? std::nullopt : std::optional<std::string>(union_id)});
}

}  // namespace kameng::provider
