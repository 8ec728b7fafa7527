// account.hpp - what a host says and hears about accounts and signing in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/id.hpp>

namespace kameng::account {

struct Registered {
  AccountId account_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Registered::account_id, "The new account.");
  }
};

struct Register {
  static constexpr std::string_view operation = "account.register";
  using Answer = Registered;

  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::string password;
  std::optional<std::string> display_name;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("email", &Register::email, "E-mail address; this or `phone` or both.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("phone", &Register::phone, "Phone number; with its country unless Chinese.")
        .length(5, 32)
        .personal("sign-in");
    f.required("password", &Register::password, "8 to 128 printable ASCII characters.")
        .length(8, 128)
        .secret();
    f.optional("display_name", &Register::display_name, "How the person wants to be called.")
        .length(1, 200)
        .personal("address");
  }
};

struct LoggedIn {
  AccountId account_id;
  SessionId session_id;
  std::string token;
  std::int64_t expires_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &LoggedIn::account_id, "Who signed in.");
    f.required("session_id", &LoggedIn::session_id, "The session; not a secret.");
    f.required("token", &LoggedIn::token, "For the context of later calls. Keep it secret.")
        .secret();
    f.required("expires_at_ms", &LoggedIn::expires_at_ms,
               "When the token ends unless it is used before.");
  }
};

struct Login {
  static constexpr std::string_view operation = "account.login";
  using Answer = LoggedIn;

  std::string identifier;
  std::string password;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("identifier", &Login::identifier, "E-mail address or phone number.")
        .length(3, 254)
        .personal("sign-in");
    f.required("password", &Login::password, "The account's password.").length(1, 128).secret();
  }
};

struct LoggedOut {
  template <class Fields>
  static void fields(Fields&) {}
};

struct Logout {
  static constexpr std::string_view operation = "account.logout";
  using Answer = LoggedOut;

  template <class Fields>
  static void fields(Fields&) {}
};

struct View {
  AccountId account_id;
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::string status;
  std::int64_t created_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &View::account_id, "The account.");
    f.optional("display_name", &View::display_name, "How the person wants to be called.")
        .personal("address");
    f.optional("email", &View::email, "E-mail address.").personal("sign-in");
    f.optional("phone", &View::phone, "Phone number, E.164.").personal("sign-in");
    f.required("status", &View::status, "Whether the person may sign in and order.")
        .one_of({"active", "frozen"});
    f.required("created_at_ms", &View::created_at_ms, "When the account was made.");
  }
};

struct Get {
  static constexpr std::string_view operation = "account.get";
  using Answer = View;

  template <class Fields>
  static void fields(Fields&) {}
};

}  // namespace kameng::account
