// context.hpp - who acts, from where, under which key. It travels apart from the request, so that a
// host can forward a browser's body without forwarding authority.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <kameng/id.hpp>
#include <kameng/signed_request.hpp>

namespace kameng {

struct Context {
  std::optional<std::string> as;        // "host": the host itself acts
  std::optional<std::string> token;     // of account.login
  std::optional<AccountId> account_id;  // with as host: on this customer's behalf
  std::optional<std::string> ip;        // of the person; absent: no limit by address
  std::optional<std::string> device;    // opaque fingerprint the host made
  std::optional<std::string> user_agent;
  std::optional<std::string> locale;
  std::optional<std::string> trace;            // comes back in errors and the log
  std::optional<std::string> idempotency_key;  // 1 to 128 bytes; absent: one is made
  std::int64_t timeout_ms = 0;                 // 0: the configuration's default
  // Instead of a token: the request that came over HTTP, signed. No field of documents.
  std::shared_ptr<const SignedRequest> signed_request = {};

  // The host acting for itself: Context::host(). On a customer's behalf: set account_id too.
  [[nodiscard]] static Context host() {
    Context context;
    context.as = "host";
    return context;
  }

  template <class Fields>
  static void fields(Fields& f) {
    f.optional("as", &Context::as, "`host` when the host itself acts.").one_of({"host"});
    f.optional("token", &Context::token, "Session token from account.login.")
        .length(1, 256)
        .secret();
    f.optional("account_id", &Context::account_id, "With `as: host`: on whose behalf.");
    f.optional("ip", &Context::ip, "The person's address, IPv4 or IPv6.").length(1, 64);
    f.optional("device", &Context::device, "Device fingerprint, opaque.").length(1, 256);
    f.optional("user_agent", &Context::user_agent, "The person's browser.").length(0, 1024);
    f.optional("locale", &Context::locale, "BCP 47 language tag.").length(1, 35);
    f.optional("trace", &Context::trace, "Comes back in errors.").length(1, 128);
    f.optional("idempotency_key", &Context::idempotency_key,
               "The same key and request give the same answer for 7 days.")
        .length(1, 128);
    f.optional("timeout_ms", &Context::timeout_ms, "How long the call may take.")
        .range(1, 3'600'000);
  }
};

}  // namespace kameng
