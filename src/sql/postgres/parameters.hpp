// parameters.hpp - values on their way to the server, in its binary form.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <libpq-fe.h>

#include "sql/driver.hpp"

namespace kameng::sql::postgres {

// The server's number of the type that a value has; 0 for null, which leaves it to the server.
[[nodiscard]] Oid type_of(const Value& value) noexcept;

// Text with a NUL in it is not a text to PostgreSQL.
[[nodiscard]] bool has_nul(std::span<const Value> values) noexcept;

// Borrows text and blobs; libpq copies them when it is told to send.
class Parameters {
 public:
  explicit Parameters(std::span<const Value> values);
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  [[nodiscard]] int count() const noexcept { return static_cast<int>(pointers_.size()); }
  [[nodiscard]] const char* const* pointers() const noexcept { return pointers_.data(); }
  [[nodiscard]] const int* sizes() const noexcept { return sizes_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }  // all binary
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  void add(const char* data, std::size_t size);

  std::vector<std::array<char, 8>> numbers_;
  std::vector<const char*> pointers_;
  std::vector<int> sizes_, formats_;
  std::size_t bytes_ = 0;
};

}  // namespace kameng::sql::postgres
