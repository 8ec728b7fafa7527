// code_parse.hpp - from the bytes of a file to codes and the lines that hold none. Pure: no key, no
// database.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <kameng/result.hpp>
#include <kameng/vault.hpp>

#include "base/bytes.hpp"
#include "text/plain.hpp"

namespace kameng::vault {

inline constexpr std::size_t code_bytes_max = 4096;
inline constexpr std::size_t rejected_lines_max = 1000;

// The lines that were not imported: the first of them in full, all of them counted.
struct RejectedLines {
  std::vector<code::RejectedLine> first = {};
  std::int64_t total = 0;

  void add(std::int64_t line, std::string_view reason);
};

// The codes of a file one behind the other in one buffer that wipes itself.
class ParsedCodes {
 public:
  void add(std::int64_t line, std::string_view code);
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] std::string_view code(std::size_t index) const {
    return text::view(text_).substr(places_[index].offset, places_[index].size);
  }
  [[nodiscard]] std::int64_t line(std::size_t index) const { return places_[index].line; }

  RejectedLines rejected;

 private:
  friend Result<ParsedCodes> parse_codes(ByteView, code::Encoding, code::Format);
  struct Place {
    std::int64_t line;
    std::size_t offset, size;
  };
  text::PlainText text_;
  std::vector<Place> places_;
};

// Fails only with text.encoding_missing.
[[nodiscard]] Result<ParsedCodes> parse_codes(ByteView content, code::Encoding encoding,
                                              code::Format format);

// "1.23457E+15": a number that a sheet has shortened, so the digits are lost. True also when a part
// between `----` is one.
[[nodiscard]] bool is_spreadsheet_number(std::string_view code);

}  // namespace kameng::vault
