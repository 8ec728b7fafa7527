// http_signature_test.cpp - what a signature says, and what is none.
#include "account/http_signature.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "crypto/hash.hpp"
#include "crypto/sign.hpp"

using namespace kameng;
using namespace kameng::account;
using Json = nlohmann::json;

namespace {

Json rfc() {
  std::ifstream file(KAMENG_SOURCE_DIR "/tests/data/http_signatures/rfc.json");
  return Json::parse(file);
}

const std::string params =
    R"(("@method" "@authority" "@path" "@query" "content-digest");created=1618884473;)"
    R"(expires=1618884773;nonce="0123456789abcdef";alg="hmac-sha256";keyid="key_1")";

std::string digest_of(const std::string& body) {
  return "sha-256=:" + to_base64(crypto::sha256(as_bytes(body))) + ":";
}

SignedRequest good() {
  SignedRequest request;
  request.method = "POST";
  request.authority = "Shop.Example:443";
  request.path = "/v1/order.place";
  request.body = R"({"lines":[]})";
  request.content_digest = digest_of(request.body);
  request.signature_input = "sig=" + params;
  request.signature = "sig=:" + to_base64(Bytes(32, 7)) + ":";
  return request;
}

struct Spoil {
  const char* what;
  void (*change)(SignedRequest&);
};

void replace(std::string& text, const std::string& part, const std::string& by) {
  const std::size_t at = text.find(part);
  REQUIRE_MESSAGE(at != std::string::npos, part);
  text.replace(at, part.size(), by);
}

}  // namespace

TEST_SUITE("account") {
  // Goal: what is signed is RFC 9421's signature base, and its own signatures hold over it.
  // Method: appendix B.2.5 (HMAC) and B.2.6 (Ed25519), the digest of RFC 9530.
  TEST_CASE("signatures agree with RFC 9421") {
    const Json data = rfc();
    REQUIRE(data["signatures"].size() == 2);
    for (const Json& one : data["signatures"]) {
      const std::string id = one["id"];
      CAPTURE(id);
      Components components;
      for (const Json& pair : one["components"]) {
        components.emplace_back(pair[0], pair[1]);
      }
      const std::string base = signature_base(components, one["params"].get<std::string>());
      const Bytes key = *from_base64(one["key_base64"].get<std::string>());
      const Bytes signature = *from_base64(one["signature_base64"].get<std::string>());
      if (one["alg"] == "hmac-sha256") {
        const crypto::Hash32 mac = crypto::hmac_sha256(key, as_bytes(base));
        CHECK(std::equal(mac.begin(), mac.end(), signature.begin(), signature.end()));
      } else {
        crypto::PublicKey public_key{};
        crypto::Signature bytes{};
        REQUIRE(key.size() == public_key.size());
        REQUIRE(signature.size() == bytes.size());
        std::copy(key.begin(), key.end(), public_key.begin());
        std::copy(signature.begin(), signature.end(), bytes.begin());
        CHECK(crypto::verify(public_key, as_bytes(base), bytes));
        CHECK_FALSE(crypto::verify(public_key, as_bytes(base + "x"), bytes));
      }
    }
    for (const Json& one : data["digests"]) {
      CHECK(digest_of(one["body"]) == one["digest"].get<std::string>());
    }
  }

  // Goal: a signature that is as it has to be is read, and what it signs is written out.
  // Method: one, its base in full; components in another order.
  TEST_CASE("a signature is read") {
    const auto parsed = parse_signature(good());
    REQUIRE(parsed.has_value());
    CHECK(parsed->key_id == "key_1");
    CHECK(parsed->alg == "hmac-sha256");
    CHECK(parsed->nonce == "0123456789abcdef");
    CHECK(parsed->created_s == 1'618'884'473);
    CHECK(parsed->expires_s == 1'618'884'773);
    CHECK(parsed->signature == Bytes(32, 7));
    CHECK(parsed->base ==
          "\"@method\": POST\n\"@authority\": shop.example\n"
          "\"@path\": /v1/order.place\n\"@query\": ?\n\"content-digest\": " +
              good().content_digest + "\n\"@signature-params\": " + params);
    SignedRequest turned = good();
    turned.query = "a=1";
    replace(turned.signature_input, R"("@path" "@query")", R"("@query" "@path")");
    const auto read = parse_signature(turned);
    REQUIRE(read.has_value());
    CHECK(read->base.find("\"@query\": ?a=1\n\"@path\": /v1/order.place\n") != std::string::npos);
  }

  // Goal: whatever is not exactly that is no signature.
  // Method: one change each.
  TEST_CASE("what is no signature") {
    const Spoil spoils[] = {
        {"no input", [](SignedRequest& r) { r.signature_input = ""; }},
        {"no signature", [](SignedRequest& r) { r.signature = ""; }},
        {"another label", [](SignedRequest& r) { replace(r.signature, "sig", "gis"); }},
        {"two inputs", [](SignedRequest& r) { r.signature_input += ", b=" + params; }},
        {"two signatures", [](SignedRequest& r) { r.signature += ", b=:AA==:"; }},
        {"not base64", [](SignedRequest& r) { r.signature = "sig=:####:"; }},
        {"no colon", [](SignedRequest& r) { r.signature.pop_back(); }},
        {"base64 with a loose bit", [](SignedRequest& r) { r.signature = "sig=:AB==:"; }},
        {"an uncovered component",
         [](SignedRequest& r) { replace(r.signature_input, "\"@path\" ", ""); }},
        {"no digest covered",
         [](SignedRequest& r) { replace(r.signature_input, " \"content-digest\"", ""); }},
        {"one twice", [](SignedRequest& r) { replace(r.signature_input, "@path", "@query"); }},
        {"one more",
         [](SignedRequest& r) { replace(r.signature_input, "\"@path\"", "\"@path\" \"date\""); }},
        {"a component with a parameter",
         [](SignedRequest& r) { replace(r.signature_input, "\"@path\"", "\"@path\";req"); }},
        {"two spaces",
         [](SignedRequest& r) { replace(r.signature_input, "\" \"@path", "\"  \"@path"); }},
        {"no created",
         [](SignedRequest& r) { replace(r.signature_input, ";created=1618884473", ""); }},
        {"no expires",
         [](SignedRequest& r) { replace(r.signature_input, ";expires=1618884773", ""); }},
        {"no nonce",
         [](SignedRequest& r) { replace(r.signature_input, ";nonce=\"0123456789abcdef\"", ""); }},
        {"a short nonce",
         [](SignedRequest& r) {
           replace(r.signature_input, "0123456789abcdef", "0123456789abcde");
         }},
        {"no alg",
         [](SignedRequest& r) { replace(r.signature_input, ";alg=\"hmac-sha256\"", ""); }},
        {"no keyid", [](SignedRequest& r) { replace(r.signature_input, ";keyid=\"key_1\"", ""); }},
        {"created twice",
         [](SignedRequest& r) { replace(r.signature_input, ";created", ";created=1;created"); }},
        {"a parameter nobody knows", [](SignedRequest& r) { r.signature_input += ";tag=\"x\""; }},
        {"a time with a sign",
         [](SignedRequest& r) { replace(r.signature_input, "created=1", "created=-1"); }},
        {"a time with a zero before",
         [](SignedRequest& r) { replace(r.signature_input, "created=1", "created=01"); }},
        {"an escape", [](SignedRequest& r) { replace(r.signature_input, "key_1", "key\\\\1"); }},
        {"something behind", [](SignedRequest& r) { r.signature_input += " "; }},
        {"another body", [](SignedRequest& r) { r.body += " "; }},
        {"no digest", [](SignedRequest& r) { r.content_digest = ""; }},
        {"another digest", [](SignedRequest& r) { r.content_digest = digest_of("x"); }},
        {"another hash", [](SignedRequest& r) { replace(r.content_digest, "sha-256", "sha-512"); }},
        {"two digests", [](SignedRequest& r) { r.content_digest += ", " + digest_of(r.body); }},
    };
    for (const Spoil& spoil : spoils) {
      CAPTURE(spoil.what);
      SignedRequest request = good();
      spoil.change(request);
      CHECK_FALSE(parse_signature(request).has_value());
    }
    // Any cut of either header.
    for (std::size_t i = 0; i < good().signature_input.size(); ++i) {
      SignedRequest request = good();
      request.signature_input.resize(i);
      CHECK_FALSE(parse_signature(request).has_value());
    }
  }
}
