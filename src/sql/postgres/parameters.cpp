// parameters.cpp - integers and doubles in network order; text and blobs as they are.
#include "sql/postgres/parameters.hpp"

#include <algorithm>
#include <bit>

#include "sql/postgres/types.hpp"

namespace kameng::sql::postgres {
namespace {

std::array<char, 8> in_network_order(std::uint64_t bits) {
  std::array<char, 8> bytes{};
  for (char& byte : bytes) {
    byte = static_cast<char>(bits >> 56);
    bits <<= 8;
  }
  return bytes;
}

}  // namespace

Oid type_of(const Value& value) noexcept {
  constexpr std::array<Oid, 5> types{0, type_int8, type_float8, type_text, type_bytea};
  static_assert(std::variant_size_v<Value> == types.size());
  return types[value.index()];
}

bool has_nul(std::span<const Value> values) noexcept {
  return std::any_of(values.begin(), values.end(), [](const Value& value) {
    const auto* const text = std::get_if<std::string_view>(&value);
    return text != nullptr && text->find('\0') != std::string_view::npos;
  });
}

Parameters::Parameters(std::span<const Value> values) : formats_(values.size(), 1) {
  numbers_.reserve(values.size());  // they are pointed at
  pointers_.reserve(values.size());
  sizes_.reserve(values.size());
  for (const Value& value : values) {
    if (const auto* const number = std::get_if<std::int64_t>(&value)) {
      numbers_.push_back(in_network_order(static_cast<std::uint64_t>(*number)));
      add(numbers_.back().data(), numbers_.back().size());
    } else if (const auto* const real = std::get_if<double>(&value)) {
      numbers_.push_back(in_network_order(std::bit_cast<std::uint64_t>(*real)));
      add(numbers_.back().data(), numbers_.back().size());
    } else if (const auto* const text = std::get_if<std::string_view>(&value)) {
      add(text->empty() ? "" : text->data(), text->size());
    } else if (const auto* const blob = std::get_if<ByteView>(&value)) {
      add(blob->empty() ? "" : reinterpret_cast<const char*>(blob->data()), blob->size());
    } else {
      add(nullptr, 0);
    }
  }
}

void Parameters::add(const char* data, std::size_t size) {
  pointers_.push_back(data);
  sizes_.push_back(static_cast<int>(size));
  bytes_ += size;
}

}  // namespace kameng::sql::postgres
