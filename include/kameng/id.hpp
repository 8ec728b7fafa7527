// id.hpp - identifiers that leave the engine: 128 bits, ordered by time, printed as a prefix and 26
// Crockford base32 characters ("ord_01j9z3x8m4..."). Tables keep the 16 bytes.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kameng {

// The 16 bytes: 48 bits of milliseconds, then 80 random bits.
using IdBytes = std::array<std::uint8_t, 16>;

// "ord" and the bytes -> "ord_...".
[[nodiscard]] std::string print_id(std::string_view prefix, const IdBytes& bytes);
// The reverse; nothing for another prefix, another length or a wrong character. Reads lower and
// upper case.
[[nodiscard]] std::optional<IdBytes> parse_id(std::string_view prefix, std::string_view text);
[[nodiscard]] IdBytes make_id_bytes(std::int64_t now_ms, std::span<const std::uint8_t, 10> random);

template <class Tag>
struct Id {
  IdBytes bytes{};

  static constexpr std::string_view prefix = Tag::prefix;

  [[nodiscard]] std::string text() const { return print_id(prefix, bytes); }
  [[nodiscard]] static std::optional<Id> parse(std::string_view text) {
    const auto parsed = parse_id(prefix, text);
    return parsed ? std::optional<Id>(Id{*parsed}) : std::nullopt;
  }
  [[nodiscard]] bool is_zero() const { return bytes == IdBytes{}; }
  auto operator<=>(const Id&) const = default;
};

namespace id_tag {
struct Account {
  static constexpr std::string_view prefix = "acc";
};
struct Session {
  static constexpr std::string_view prefix = "ses";
};
struct Verification {
  static constexpr std::string_view prefix = "ver";
};
struct ApiKey {
  static constexpr std::string_view prefix = "key";
};
struct Identity {
  static constexpr std::string_view prefix = "idn";
};
struct IdentityFlow {
  static constexpr std::string_view prefix = "idf";
};
struct Category {
  static constexpr std::string_view prefix = "cat";
};
struct Goods {
  static constexpr std::string_view prefix = "gds";
};
struct Sku {
  static constexpr std::string_view prefix = "sku";
};
struct Batch {
  static constexpr std::string_view prefix = "bat";
};
struct Order {
  static constexpr std::string_view prefix = "ord";
};
struct Payment {
  static constexpr std::string_view prefix = "pay";
};
struct Refund {
  static constexpr std::string_view prefix = "rfd";
};
struct Call {
  static constexpr std::string_view prefix = "cal";
};
}  // namespace id_tag

using AccountId = Id<id_tag::Account>;
using SessionId = Id<id_tag::Session>;
using VerificationId = Id<id_tag::Verification>;
using ApiKeyId = Id<id_tag::ApiKey>;
using IdentityId = Id<id_tag::Identity>;
using IdentityFlowId = Id<id_tag::IdentityFlow>;
using CategoryId = Id<id_tag::Category>;
using GoodsId = Id<id_tag::Goods>;
using SkuId = Id<id_tag::Sku>;
using BatchId = Id<id_tag::Batch>;
using OrderId = Id<id_tag::Order>;
using PaymentId = Id<id_tag::Payment>;
using RefundId = Id<id_tag::Refund>;
using CallId = Id<id_tag::Call>;

}  // namespace kameng
