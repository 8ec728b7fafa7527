// encoding.hpp - what bytes a file of codes is written in, and those bytes as UTF-8. The only home
// of iconv.
//
// Decoding is strict: bytes that are no text in the encoding are refused, never replaced, because a
// code with a replacement character in it is a code that does not work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include <kameng/result.hpp>

#include "base/bytes.hpp"
#include "text/plain.hpp"

namespace kameng::text {

enum class Encoding : std::uint8_t { utf8, utf16le, utf16be, gb18030 };

struct Detected {
  Encoding encoding = Encoding::utf8;
  std::size_t bom_bytes = 0;
};

// The byte order mark at the front; nothing when there is none.
[[nodiscard]] std::optional<Detected> read_bom(ByteView content) noexcept;

// A byte order mark decides. Without one: UTF-8 when all of it is; otherwise whichever of UTF-8 and
// GB18030 most of the lines with non-ASCII bytes are written in, so that one damaged line does not
// turn a UTF-8 file into another alphabet. A tie goes to GB18030. `content` may be the first part
// of a longer file, torn within a character.
[[nodiscard]] Detected detect(ByteView content) noexcept;

class Decoder {
 public:
  // Fails only where the system's C library lacks GB18030: UNIMPLEMENTED `text.encoding_missing`.
  [[nodiscard]] static Result<Decoder> open(Encoding encoding);

  [[nodiscard]] Encoding encoding() const noexcept { return encoding_; }
  // Bytes of one unit: what CR and LF are looked for in.
  [[nodiscard]] std::size_t unit_bytes() const noexcept;

  // `raw` as UTF-8; nothing when it is not text in this encoding. `raw` holds whole characters (a
  // line). The view is of `raw` itself or of this decoder's buffer, and ends with the next call.
  [[nodiscard]] std::optional<std::string_view> decode(ByteView raw);

 private:
  struct CloseIconv {
    void operator()(void* descriptor) const noexcept;
  };
  explicit Decoder(Encoding encoding) : encoding_(encoding) {}
  [[nodiscard]] bool decode_utf16(ByteView raw);
  [[nodiscard]] bool decode_gb18030(ByteView raw);

  Encoding encoding_;
  std::unique_ptr<void, CloseIconv> iconv_;
  PlainText buffer_;
};

}  // namespace kameng::text
