// lines.hpp - a file as lines, in whatever encoding and with whatever line ends, fed in chunks of
// any size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "text/encoding.hpp"
#include "text/plain.hpp"

namespace kameng::text {

enum class LineFault : std::uint8_t {
  none,
  encoding,  // not text in the file's encoding
  too_long,
};

// Valid while the sink runs.
struct Line {
  std::int64_t number = 0;  // from 1
  std::string_view text;    // UTF-8; empty when there is a fault
  std::string_view ending;  // "\r\n", "\n", "\r", or "" for a last line without one
  LineFault fault = LineFault::none;
};

// Splits at CRLF, LF and CR, mixed as they come. A fault is of its line alone. Memory is bounded by
// the longest line allowed and the chunk.
class LineReader {
 public:
  using Sink = std::function<void(const Line&)>;

  // `line_bytes_max` counts UTF-8, without the ending. The byte order mark has been taken off
  // already.
  LineReader(Decoder decoder, std::size_t line_bytes_max)
      : decoder_(std::move(decoder)), line_bytes_max_(line_bytes_max) {}

  void feed(ByteView chunk, const Sink& sink);
  // No more chunks. A last line without an ending is a line; nothing after the last ending is none.
  void finish(const Sink& sink);

 private:
  [[nodiscard]] std::size_t scan(ByteView data, bool at_end, const Sink& sink);
  [[nodiscard]] char ascii_at(ByteView data, std::size_t position) const noexcept;
  void emit(ByteView raw, std::string_view ending, const Sink& sink);

  Decoder decoder_;
  std::size_t line_bytes_max_;
  std::int64_t number_ = 0;
  bool overlong_ = false;  // the front of the line in pending_ has been dropped
  std::vector<std::uint8_t, WipingAllocator<std::uint8_t>> pending_;
};

}  // namespace kameng::text
