// api_key.hpp - keys by which programs call for an account, signing each request (RFC 9421).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kameng/id.hpp>

namespace kameng::api_key {

struct View {
  static constexpr std::string_view type_name = "ApiKeyView";
  ApiKeyId key_id;
  std::string name;
  std::string alg;
  std::int64_t created_at_ms = 0;
  std::optional<std::int64_t> old_until_ms;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("key_id", &View::key_id, "`keyid` of its signatures.");
    f.required("name", &View::name, "What its owner called it.");
    f.required("alg", &View::alg, "`alg` of its signatures.").one_of({"hmac-sha256", "ed25519"});
    f.required("created_at_ms", &View::created_at_ms, "When it was made.");
    f.optional("old_until_ms", &View::old_until_ms,
               "Until when the secret before the last rotation counts too.");
  }
};

struct Created {
  static constexpr std::string_view name = "ApiKeyCreated";
  ApiKeyId key_id;
  std::optional<std::string> secret;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("key_id", &Created::key_id, "`keyid` of its signatures.");
    f.optional("secret", &Created::secret,
               "Of hmac-sha256: its bytes are the HMAC key. Shown now and never again.")
        .secret();
  }
};

struct Create {
  static constexpr std::string_view operation = "api_key.create";
  static constexpr std::string_view type_name = "ApiKeyCreate";
  using Answer = Created;
  std::string name;
  std::string alg = "hmac-sha256";
  std::optional<std::string> public_key;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("name", &Create::name, "For its owner: which program has it.").length(1, 64);
    f.optional("alg", &Create::alg, "How it signs.").one_of({"hmac-sha256", "ed25519"});
    f.optional("public_key", &Create::public_key, "Of ed25519: 32 bytes in base64.").length(44, 44);
  }
};

struct Rotate {
  static constexpr std::string_view operation = "api_key.rotate";
  static constexpr std::string_view name = "ApiKeyRotate";
  using Answer = Created;
  ApiKeyId key_id;
  std::optional<std::string> public_key;
  std::int64_t old_for_ms = 86'400'000;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("key_id", &Rotate::key_id, "The key.");
    f.optional("public_key", &Rotate::public_key, "Of ed25519: the new one.").length(44, 44);
    f.optional("old_for_ms", &Rotate::old_for_ms,
               "How long the old secret counts beside the new one.")
        .range(0, 2'592'000'000);
  }
};

struct Keys {
  static constexpr std::string_view name = "ApiKeys";
  std::vector<View> items;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("items", &Keys::items, "The account's keys.");
  }
};

struct List {
  static constexpr std::string_view operation = "api_key.list";
  static constexpr std::string_view name = "ApiKeyList";
  using Answer = Keys;

  template <class Fields>
  static void fields(Fields&) {}
};

struct Gone {
  static constexpr std::string_view name = "ApiKeyGone";

  template <class Fields>
  static void fields(Fields&) {}
};

struct Revoke {
  static constexpr std::string_view operation = "api_key.revoke";
  static constexpr std::string_view name = "ApiKeyRevoke";
  using Answer = Gone;
  ApiKeyId key_id;

  template <class Fields>
  static void fields(Fields& f) {
    f.required("key_id", &Revoke::key_id, "The key; it signs nothing any more.");
  }
};

}  // namespace kameng::api_key
