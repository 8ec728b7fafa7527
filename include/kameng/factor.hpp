// factor.hpp - the second factor: an authenticator app (RFC 6238) and recovery codes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kameng::factor {

struct Enrolled {
  std::string secret;
  std::string uri;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("secret", &Enrolled::secret, "For typing in; base32 (RFC 4648).").secret();
    f.required("uri", &Enrolled::uri, "For a QR code: otpauth://totp/…").secret();
  }
};

struct Enroll {
  static constexpr std::string_view operation = "factor.enroll";
  using Answer = Enrolled;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Recovery {
  static constexpr std::string_view name = "FactorRecovery";
  std::vector<std::string> recovery_codes;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("recovery_codes", &Recovery::recovery_codes,
               "Each stands for the app once. Print them; they are not shown again.")
        .secret();
  }
};

struct Confirm {
  static constexpr std::string_view operation = "factor.confirm";
  using Answer = Recovery;
  std::string code;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("code", &Confirm::code, "What the app shows now, six digits.").length(6, 6).secret();
  }
};

struct RenewRecovery {
  static constexpr std::string_view operation = "factor.renew_recovery";
  using Answer = Recovery;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Disabled {
  static constexpr std::string_view name = "FactorDisabled";

  template <class Fields>
  static void fields(Fields&) {}
};

struct Disable {
  static constexpr std::string_view operation = "factor.disable";
  using Answer = Disabled;

  template <class Fields>
  static void fields(Fields&) {}
};

struct View {
  static constexpr std::string_view name = "FactorView";
  bool enabled = false;
  std::int64_t recovery_left = 0;
  std::optional<std::int64_t> since_ms;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("enabled", &View::enabled, "Whether signing in needs the second factor.");
    f.required("recovery_left", &View::recovery_left, "Recovery codes that were not used.");
    f.optional("since_ms", &View::since_ms, "Since when it is enabled.");
  }
};

struct Get {
  static constexpr std::string_view operation = "factor.get";
  using Answer = View;

  template <class Fields>
  static void fields(Fields&) {}
};

}  // namespace kameng::factor
