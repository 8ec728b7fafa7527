// password.hpp - a new password: for who is signed in, and for who has forgotten the old one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kameng/id.hpp>

namespace kameng::password {

struct Changed {
  static constexpr std::string_view name = "PasswordChanged";
  AccountId account_id;
  std::int64_t revoked = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("account_id", &Changed::account_id, "Whose it is.");
    f.required("revoked", &Changed::revoked, "How many sessions were ended by it.");
  }
};

// All other sessions end.
struct Change {
  static constexpr std::string_view operation = "password.change";
  static constexpr std::string_view name = "PasswordChange";
  using Answer = Changed;
  std::string new_password;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("new_password", &Change::new_password, "As in account.register.")
        .length(1, 512)
        .secret();
  }
};

// All sessions end. A second factor is asked for at the next sign-in as ever.
struct Reset {
  static constexpr std::string_view operation = "password.reset";
  static constexpr std::string_view name = "PasswordReset";
  using Answer = Changed;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  VerificationId verification_id;
  std::string code;
  std::string new_password;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("email", &Reset::email, "The contact that the code was sent to; this or `phone`.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("phone", &Reset::phone, "The contact that the code was sent to.")
        .length(5, 32)
        .personal("sign-in");
    f.required("verification_id", &Reset::verification_id,
               "Of verification.begin with purpose reset.");
    f.required("code", &Reset::code, "The code that was sent.").length(6, 6).secret();
    f.required("new_password", &Reset::new_password, "As in account.register.")
        .length(1, 512)
        .secret();
  }
};

}  // namespace kameng::password
