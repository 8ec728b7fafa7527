// verification.hpp - proving that a phone or a mailbox is one's own, by a code that is sent there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <kameng/id.hpp>

namespace kameng::verification {

struct Begun {
  static constexpr std::string_view name = "VerificationBegun";
  VerificationId verification_id;
  std::int64_t expires_at_ms = 0;
  std::int64_t again_at_ms = 0;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("verification_id", &Begun::verification_id, "To be given back with the code.");
    f.required("expires_at_ms", &Begun::expires_at_ms, "Until when the code counts.");
    f.required("again_at_ms", &Begun::again_at_ms, "From when another may be asked for.");
  }
};

// The answer is the same whether there is an account or not; the message tells its owner.
struct Begin {
  static constexpr std::string_view operation = "verification.begin";
  static constexpr std::string_view name = "VerificationBegin";
  using Answer = Begun;
  std::optional<std::string> email;
  std::optional<std::string> phone;
  std::string purpose;

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("email", &Begin::email, "Where to send the code; this or `phone`.")
        .length(3, 254)
        .personal("sign-in");
    f.optional("phone", &Begin::phone, "Where to send the code.").length(5, 32).personal("sign-in");
    f.required("purpose", &Begin::purpose,
               "What the code will be given for; contact: contact.set, for who is signed in.")
        .one_of({"register", "login", "reset", "contact"});
  }
};

}  // namespace kameng::verification
