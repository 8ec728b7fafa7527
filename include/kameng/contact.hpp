// contact.hpp - the phone and the mailbox of an account: changed, proved, taken away.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kameng/id.hpp>

namespace kameng::contact {

struct View {
  static constexpr std::string_view name = "ContactView";
  std::string contact;
  bool present = false;
  bool verified = false;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("contact", &View::contact, "Which of both.").one_of({"email", "phone"});
    f.required("present", &View::present, "Whether the account has one now.");
    f.required("verified", &View::verified, "Whether it was proved by a code.");
  }
};

struct Set {
  static constexpr std::string_view operation = "contact.set";
  static constexpr std::string_view name = "ContactSet";
  using Answer = View;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::optional<VerificationId> verification_id;
  std::optional<std::string> code;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("email", &Set::email, "E-mail address; this or `phone`.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("phone", &Set::phone, "Phone number; with its country unless Chinese.")
        .length(5, 32)
        .personal("sign-in");
    f.optional("verification_id", &Set::verification_id,
               "Of verification.begin for this contact, purpose contact; a person needs it, the "
               "host does not.");
    f.optional("code", &Set::code, "The code that was sent.").length(6, 6).secret();
  }
};

struct Remove {
  static constexpr std::string_view operation = "contact.remove";
  static constexpr std::string_view name = "ContactRemove";
  using Answer = View;
  std::string contact;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("contact", &Remove::contact, "Which of both.").one_of({"email", "phone"});
  }
};

}  // namespace kameng::contact
