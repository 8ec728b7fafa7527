// types.hpp - the server's fixed numbers of its types, and integers out of their binary forms.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <libpq-fe.h>

namespace kameng::sql::postgres {

inline constexpr Oid type_bool = 16;
inline constexpr Oid type_bytea = 17;
inline constexpr Oid type_name = 19;
inline constexpr Oid type_int8 = 20;
inline constexpr Oid type_int2 = 21;
inline constexpr Oid type_int4 = 23;
inline constexpr Oid type_text = 25;
inline constexpr Oid type_float8 = 701;
inline constexpr Oid type_bpchar = 1042;
inline constexpr Oid type_varchar = 1043;
inline constexpr Oid type_numeric = 1700;

[[nodiscard]] bool is_text(Oid type) noexcept;

// A bool is 0 or 1, a numeric without a fraction is an integer: sums of int8 are numerics. Nothing
// for other types, and for what an int64 does not hold.
[[nodiscard]] std::optional<std::int64_t> integer_of(Oid type, std::string_view bytes) noexcept;

}  // namespace kameng::sql::postgres
