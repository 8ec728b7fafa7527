// identity.hpp - signing in with somebody who already knows the person: WeChat, QQ, and the users
// that the host's own site has.
//
// identity.begin gives the address of the provider's page. The browser comes back with a code; the
// host brings it to identity.redeem, sends the request that it gets, and brings what came back to
// identity.answer, until that opens a session or links the identity.
//
// Sources: WeChat Open Platform, "Website application: WeChat login"; QQ Connect,
// "Authorization_Code". Neither documents PKCE (RFC 7636); the state is
// single-use and bound to the browser instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/account.hpp>
#include <kameng/id.hpp>
#include <kameng/outbox.hpp>

namespace kameng::account {

struct HostLinked {
  AccountId account_id;
  bool created = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &HostLinked::account_id, "The account of the host's user.");
    f.required("created", &HostLinked::created, "Whether it was made now.");
  }
};

struct LinkHost {
  static constexpr std::string_view operation = "account.link_host";
  using Answer = HostLinked;
  std::string host_user_id;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::optional<std::string> display_name;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("host_user_id", &LinkHost::host_user_id,
               "How the host's site names its user; the same one gives the same account.")
        .length(1, 128)
        .personal("sign-in");
    f.optional("email", &LinkHost::email, "For a new account; the host vouches for it.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("phone", &LinkHost::phone, "For a new account; the host vouches for it.")
        .length(5, 32)
        .personal("sign-in");
    f.optional("display_name", &LinkHost::display_name, "For a new account.")
        .length(1, 200)
        .personal("address");
  }
};

}  // namespace kameng::account

namespace kameng::identity {

struct Begun {
  static constexpr std::string_view name = "IdentityBegun";
  std::string url;
  std::string binding;
  std::int64_t expires_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("url", &Begun::url, "Where to send the browser.").secret();
    f.required("binding", &Begun::binding,
               "Keep it with this browser alone, as a cookie (HttpOnly, SameSite=Lax).")
        .secret();
    f.required("expires_at_ms", &Begun::expires_at_ms, "Until when the person may come back.");
  }
};

struct Begin {
  static constexpr std::string_view operation = "identity.begin";
  static constexpr std::string_view name = "IdentityBegin";
  using Answer = Begun;
  std::string provider;
  std::string purpose = "login";

  template <class Fields>
  static void fields(Fields& f) {
    f.required("provider", &Begin::provider, "One that the configuration has.")
        .one_of({"wechat", "wechat_in_app", "qq"});
    f.optional("purpose", &Begin::purpose,
               "login; or link: to the caller's account, which takes a fresh proof.")
        .one_of({"login", "link"});
  }
};

// What is to be sent, or what came of it.
struct Progress {
  static constexpr std::string_view name = "IdentityProgress";
  IdentityFlowId flow_id;
  std::optional<HttpRequest> http;
  std::optional<account::LoggedIn> session;
  std::optional<IdentityId> linked;
  bool registered = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("flow_id", &Progress::flow_id, "Names the sign-in in identity.answer.");
    f.optional("http", &Progress::http,
               "Send this, with the shop's secret in it, and tell identity.answer. Never log it.");
    f.optional("session", &Progress::session, "The session that was opened.");
    f.optional("linked", &Progress::linked, "The identity that was linked.");
    f.required("registered", &Progress::registered, "Whether an account was made for it.");
  }
};

struct Redeem {
  static constexpr std::string_view operation = "identity.redeem";
  static constexpr std::string_view name = "IdentityRedeem";
  using Answer = Progress;
  std::string state;
  std::string binding;
  std::string code;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("state", &Redeem::state, "As the browser brought it.").length(1, 128).secret();
    f.required("binding", &Redeem::binding, "Of this browser's cookie.").length(1, 128).secret();
    f.required("code", &Redeem::code, "As the browser brought it.").length(1, 512).secret();
  }
};

struct BringAnswer {
  static constexpr std::string_view operation = "identity.answer";
  static constexpr std::string_view name = "IdentityAnswer";
  using Answer = Progress;
  IdentityFlowId flow_id;
  std::optional<HttpResponse> response;
  std::optional<std::string> factor_code;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("flow_id", &BringAnswer::flow_id, "The sign-in.");
    f.optional("response", &BringAnswer::response, "What the provider answered.");
    f.optional("factor_code", &BringAnswer::factor_code,
               "When factor.code_required was said: the call again, with this alone.")
        .length(6, 32)
        .secret();
  }
};

struct View {
  static constexpr std::string_view name = "IdentityView";
  IdentityId identity_id;
  std::string provider;
  std::string app;
  std::string subject;
  std::int64_t linked_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("identity_id", &View::identity_id, "The identity.");
    f.required("provider", &View::provider, "host, wechat or qq.");
    f.required("app", &View::app, "The application it was told to; empty for the host's users.");
    f.required("subject", &View::subject, "How the provider names the person.").personal("sign-in");
    f.required("linked_at_ms", &View::linked_at_ms, "Since when.");
  }
};

struct Identities {
  std::vector<View> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Identities::items, "At most 50.");
  }
};

struct List {
  static constexpr std::string_view operation = "identity.list";
  static constexpr std::string_view name = "IdentityList";
  using Answer = Identities;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Unlinked {
  static constexpr std::string_view name = "IdentityUnlinked";
  IdentityId identity_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("identity_id", &Unlinked::identity_id, "The identity that counts no more.");
  }
};

struct Unlink {
  static constexpr std::string_view operation = "identity.unlink";
  static constexpr std::string_view name = "IdentityUnlink";
  using Answer = Unlinked;
  IdentityId identity_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("identity_id", &Unlink::identity_id, "Which of the caller's.");
  }
};

}  // namespace kameng::identity
