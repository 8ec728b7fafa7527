// json_fuzz.cpp - any bytes through the parser, and what parses through the writer and the field
// reader.
//
//   cmake -B build/fuzz -DCMAKE_CXX_COMPILER=clang++ -DKAMENG_BUILD_FUZZ=ON && ninja -C build/fuzz
//   json_fuzz build/fuzz/tests/fuzz/json_fuzz -max_total_time=60
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <kameng/context.hpp>

#include "json/fields.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = kameng::json::parse(text);
  if (!parsed.ok()) {
    return 0;
  }
  // What was read prints to something that reads the same.
  std::string printed;
  kameng::json::Writer(printed).value(*parsed);
  const auto again = kameng::json::parse(printed, {.bytes_max = SIZE_MAX});
  if (!again.ok() || !(*again == *parsed)) {
    __builtin_trap();
  }
  // What the reader lets through, the checker lets through too.
  const auto context = kameng::json::read<kameng::Context>(*parsed);
  if (context.ok() && !kameng::json::check(*context).ok()) {
    __builtin_trap();
  }
  return 0;
}
