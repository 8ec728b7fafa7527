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
  std::optional<std::string> password;
  std::optional<std::string> display_name;
  std::optional<VerificationId> verification_id;
  std::optional<std::string> code;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("email", &Register::email, "E-mail address; this or `phone` or both.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("phone", &Register::phone, "Phone number; with its country unless Chinese.")
        .length(5, 32)
        .personal("sign-in");
    f.optional("password", &Register::password,
               "8 to 128 characters, compared after Unicode normalisation (NFKC). Without one the "
               "person signs in by codes.")
        .length(1, 512)
        .secret();
    f.optional("display_name", &Register::display_name, "How the person wants to be called.")
        .length(1, 200)
        .personal("address");
    f.optional("verification_id", &Register::verification_id,
               "Of verification.begin for this contact; a visitor needs it, the host does not.");
    f.optional("code", &Register::code, "The code that was sent.").length(6, 6).secret();
  }
};

struct Import {
  static constexpr std::string_view operation = "account.import";
  using Answer = Registered;

  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::string password_hash;
  std::optional<std::string> display_name;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("email", &Import::email, "E-mail address; this or `phone` or both.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("phone", &Import::phone, "Phone number; with its country unless Chinese.")
        .length(5, 32)
        .personal("sign-in");
    f.required("password_hash", &Import::password_hash,
               "A bcrypt hash ($2a$, $2b$, $2y$, as PHP's password_hash makes them) or an Argon2id "
               "one; made anew when the person first signs in.")
        .length(1, 512)
        .secret();
    f.optional("display_name", &Import::display_name, "How the person wants to be called.")
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
  std::optional<std::string> password;
  std::optional<VerificationId> verification_id;
  std::optional<std::string> code;
  std::optional<std::string> factor_code;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("identifier", &Login::identifier, "E-mail address or phone number.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("password", &Login::password, "The account's password; or a code that was sent.")
        .length(1, 512)
        .secret();
    f.optional("verification_id", &Login::verification_id,
               "Of verification.begin for this contact, instead of the password.");
    f.optional("code", &Login::code, "The code that was sent.").length(6, 6).secret();
    f.optional("factor_code", &Login::factor_code,
               "With a second factor: what the authenticator app shows, or a recovery code.")
        .length(6, 32)
        .secret();
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

}  // namespace kameng::account
