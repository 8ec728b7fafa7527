// import_fuzz.cpp - any bytes as a file of codes, in every format and encoding.
//
//   cmake -B build/fuzz -DCMAKE_CXX_COMPILER=clang++ -DKAMENG_BUILD_FUZZ=ON && ninja -C build/fuzz
//   import_fuzz build/fuzz/tests/fuzz/import_fuzz -max_total_time=60
#include <cstddef>
#include <cstdint>

#include "text/utf8.hpp"
#include "vault/code_parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const auto format = (data[0] & 1U) == 0 ? kameng::code::Format::lines : kameng::code::Format::csv;
  const auto encoding = static_cast<kameng::code::Encoding>((data[0] >> 1U) % 3U);
  const auto parsed = kameng::vault::parse_codes({data + 1, size - 1}, encoding, format);
  if (!parsed.ok()) {
    return 0;
  }
  std::int64_t line = 0;
  for (std::size_t i = 0; i < parsed->size(); ++i) {
    const auto code = parsed->code(i);
    // Whatever came in, what is stored is clean text of a bounded size, in the order of the file.
    if (code.empty() || code.size() > kameng::vault::code_bytes_max ||
        !kameng::text::is_utf8(code) || !kameng::text::is_printable(code, true) ||
        kameng::text::trim(code).size() != code.size() || parsed->line(i) <= line) {
      __builtin_trap();
    }
    line = parsed->line(i);
  }
  return 0;
}
