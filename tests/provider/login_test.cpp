// login_test.cpp - what WeChat and QQ are asked, and what is made of their answers.
#include <string>
#include <variant>

#include <doctest/doctest.h>

#include "provider/qq_login/qq_login.hpp"
#include "provider/wechat_login/wechat_login.hpp"

using namespace kameng;

namespace {

const account::IdentityApp app{"wx 1", "s&cret", "https://shop.example/back?to=a&b"};

// "subject openid/unionid", "ask step url", or the reason.
std::string shown(const Result<account::IdentityStep>& step) {
  if (!step.ok()) {
    return step.error().reason;
  }
  if (const auto* const next = std::get_if<account::NextRequest>(&*step)) {
    return "ask " + next->step + " " + next->http.url;
  }
  const auto& subject = std::get<account::Subject>(*step);
  return "subject " + subject.subject + "/" + subject.union_id.value_or("-");
}

struct Row {
  const char* step;
  std::int32_t status;
  const char* body;
  const char* expected;
};

std::string read(const account::IdentityProvider& provider, const Row& row) {
  HttpResponse response;
  response.status = row.status;
  response.body = row.body;
  return shown(provider.read(row.step, response, "T0KEN"));
}

}  // namespace

TEST_SUITE("provider") {
  // Goal: the addresses are those of the providers' documents: order, fragment, every value
  //       percent-encoded.
  // Method: values with reserved characters in them.
  TEST_CASE("where the browser goes, and what a code is redeemed with") {
    const provider::WechatLogin web(app, false);
    const provider::WechatLogin in_app(app, true);
    const provider::QqLogin qq(app);
    const std::string uri = "https%3A%2F%2Fshop.example%2Fback%3Fto%3Da%26b";
    CHECK(web.authorize_url("st-1_2") ==
          "https://open.weixin.qq.com/connect/qrconnect?appid=wx%201&redirect_uri=" + uri +
              "&response_type=code&scope=snsapi_login&state=st-1_2#wechat_redirect");
    CHECK(in_app.authorize_url("s") ==
          "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx%201&redirect_uri=" + uri +
              "&response_type=code&scope=snsapi_base&state=s#wechat_redirect");
    CHECK(qq.authorize_url("s") ==
          "https://graph.qq.com/oauth2.0/authorize?response_type=code&client_id=wx%201"
          "&redirect_uri=" +
              uri + "&state=s&scope=get_user_info");
    CHECK(web.redeem("c&d").http.url ==
          "https://api.weixin.qq.com/sns/oauth2/access_token?appid=wx%201&secret=s%26cret"
          "&code=c%26d&grant_type=authorization_code");
    CHECK(qq.redeem("c").http.url ==
          "https://graph.qq.com/oauth2.0/token?grant_type=authorization_code&client_id=wx%201"
          "&client_secret=s%26cret&code=c&redirect_uri=" +
              uri + "&fmt=json");
    CHECK(web.redeem("c").http.method == "GET");
    CHECK(web.family() == in_app.family());
  }

  // Goal: an identity is read from a sound answer alone; what the person can mend by beginning
  //       again is refused, what the shop has to mend is a failure of the provider.
  // Method: answers as they are documented, and what comes instead of them.
  TEST_CASE("WeChat's answers") {
    const Row rows[] = {
        {"token", 200,
         R"({"access_token":"T","openid":"o1","scope":"snsapi_login","unionid":"u1"})",
         "subject o1/u1"},
        {"token", 200, R"({"openid":"o1"})", "subject o1/-"},
        {"token", 200, R"({"errcode":0,"openid":"o1","unionid":""})", "subject o1/-"},
        {"token", 200, R"({"errcode":40029,"errmsg":"invalid code"})", "identity.refused"},
        {"token", 200, R"({"errcode":40163,"errmsg":"code been used"})", "identity.refused"},
        {"token", 200, R"({"errcode":42003,"errmsg":"code expired"})", "identity.refused"},
        {"token", 200, R"({"errcode":40125,"errmsg":"invalid appsecret"})",
         "identity.provider_failed"},
        {"token", 200, R"({"errcode":"40029"})", "identity.provider_failed"},
        {"token", 200, R"({"openid":7})", "identity.provider_failed"},
        {"token", 200, "[]", "identity.provider_failed"},
        {"token", 200, "", "identity.provider_failed"},
        {"token", 200, "<html>", "identity.provider_failed"},
        {"token", 500, R"({"openid":"o1"})", "identity.provider_failed"},
    };
    const provider::WechatLogin wechat(app, false);
    for (const Row& row : rows) {
      CAPTURE(std::string(row.body));
      CHECK(read(wechat, row) == row.expected);
    }
  }

  TEST_CASE("QQ's answers") {
    const std::string me = "https://graph.qq.com/oauth2.0/me?access_token=";
    const std::string ask = "ask me " + me + "A%26B&unionid=1&fmt=json";
    const std::string ask_alone = "ask me_alone " + me + "T0KEN&fmt=json";
    const Row rows[] = {
        {"token", 200, R"({"access_token":"A&B","expires_in":7776000,"refresh_token":"R"})",
         ask.c_str()},
        {"token", 200, R"({"expires_in":7776000})", "identity.provider_failed"},
        {"token", 200, R"({"error":100019,"error_description":"code to access token error"})",
         "identity.refused"},
        {"token", 200, R"(callback( {"error":100019,"error_description":"x"} );)",
         "identity.refused"},
        {"token", 200, R"({"error":"100010","error_description":"redirect uri is illegal"})",
         "identity.provider_failed"},
        {"me", 200, R"({"client_id":"wx 1","openid":"Q1","unionid":"U1"})", "subject Q1/U1"},
        {"me", 200, "callback( {\"client_id\":\"wx 1\",\"openid\":\"Q1\"} );\n", "subject Q1/-"},
        {"me", 200, R"(callback( {"client_id":"other","openid":"Q1"} );)", "identity.refused"},
        {"me", 200, R"({"openid":"Q1"})", "identity.refused"},
        {"me", 200, R"({"client_id":"wx 1"})", "identity.provider_failed"},
        {"me", 200, R"({"error":100048,"error_description":"no unionid"})", ask_alone.c_str()},
        {"me_alone", 200, R"({"error":100048})", "identity.provider_failed"},
        {"me", 200, R"({"error":100016,"error_description":"access token check failed"})",
         "identity.refused"},
        {"me", 200, R"(callback( {"client_id":"wx 1","openid":"Q1"} ); alert(1))",
         "identity.provider_failed"},
        {"me", 200, R"(callback( {"error":100016,"error_description":"x",} );)",
         "identity.provider_failed"},
        {"me", 404, R"({"client_id":"wx 1","openid":"Q1"})", "identity.provider_failed"},
    };
    const provider::QqLogin qq(app);
    for (const Row& row : rows) {
      CAPTURE(std::string(row.body));
      CHECK(read(qq, row) == row.expected);
    }
  }
}
