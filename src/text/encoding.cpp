// encoding.cpp - see encoding.hpp.
#include "text/encoding.hpp"

#include <algorithm>

#include <iconv.h>

#include "text/utf8.hpp"

namespace kameng::text {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

void append_utf8(PlainText& to, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) {
    to.push_back(static_cast<char>(static_cast<unsigned char>(byte)));
  };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

}  // namespace

std::optional<Detected> read_bom(ByteView content) noexcept {
  const auto starts_with = [&](std::string_view mark) {
    return as_text(content).substr(0, mark.size()) == mark;
  };
  if (starts_with("\xEF\xBB\xBF")) {
    return Detected{Encoding::utf8, 3};
  }
  if (starts_with("\xFF\xFE")) {
    return Detected{Encoding::utf16le, 2};
  }
  if (starts_with("\xFE\xFF")) {
    return Detected{Encoding::utf16be, 2};
  }
  if (starts_with("\x84\x31\x95\x33")) {
    return Detected{Encoding::gb18030, 4};
  }
  return std::nullopt;
}

Detected detect(ByteView content) noexcept {
  if (const auto marked = read_bom(content)) {
    return *marked;
  }
  std::string_view rest = as_text(content);
  bool torn = false;
  if (utf8_prefix(rest, torn) == rest.size() || torn) {
    return {Encoding::utf8, 0};
  }
  std::size_t as_utf8 = 0;
  std::size_t not_utf8 = 0;
  while (!rest.empty()) {
    const std::size_t end = rest.find_first_of("\r\n");
    const std::string_view line = rest.substr(0, end);
    if (!is_ascii(line)) {
      ++(is_utf8(line) ? as_utf8 : not_utf8);
    }
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return {as_utf8 > not_utf8 ? Encoding::utf8 : Encoding::gb18030, 0};
}

void Decoder::CloseIconv::operator()(void* descriptor) const noexcept {
  iconv_close(descriptor);
}

Result<Decoder> Decoder::open(Encoding encoding) {
  Decoder decoder(encoding);
  if (encoding == Encoding::gb18030) {
    const iconv_t descriptor = iconv_open("UTF-8", "GB18030");
    // iconv_open() says "no" with the pointer that is all ones.
    if (reinterpret_cast<std::intptr_t>(descriptor) == -1) {
      return Error{Status::unimplemented, "text.encoding_missing",
                   "this system's C library cannot read GB18030"};
    }
    decoder.iconv_.reset(descriptor);
  }
  return decoder;
}

std::size_t Decoder::unit_bytes() const noexcept {
  return encoding_ == Encoding::utf16le || encoding_ == Encoding::utf16be ? 2 : 1;
}

std::optional<std::string_view> Decoder::decode(ByteView raw) {
  const std::string_view text = as_text(raw);
  if (encoding_ == Encoding::utf8) {
    return is_utf8(text) ? std::optional(text) : std::nullopt;
  }
  if (encoding_ == Encoding::gb18030 && is_ascii(text)) {
    return text;
  }
  buffer_.clear();
  const bool whole = encoding_ == Encoding::gb18030 ? decode_gb18030(raw) : decode_utf16(raw);
  return whole ? std::optional(view(buffer_)) : std::nullopt;
}

bool Decoder::decode_utf16(ByteView raw) {
  if (raw.size() % 2 != 0) {
    return false;
  }
  const std::size_t high = encoding_ == Encoding::utf16le ? 1 : 0;
  const auto unit_at = [&](std::size_t i) {
    return (std::uint32_t{raw[i + high]} << 8U) | std::uint32_t{raw[i + 1 - high]};
  };
  buffer_.reserve(raw.size() / 2 * 3);
  for (std::size_t i = 0; i < raw.size(); i += 2) {
    std::uint32_t point = unit_at(i);
    if (point >= 0xDC00 && point <= 0xDFFF) {
      return false;
    }
    if (point >= 0xD800 && point <= 0xDBFF) {
      const std::uint32_t low = i + 2 < raw.size() ? unit_at(i + 2) : 0;
      if (low < 0xDC00 || low > 0xDFFF) {
        return false;
      }
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
      i += 2;
    }
    append_utf8(buffer_, point);
  }
  return true;
}

bool Decoder::decode_gb18030(ByteView raw) {
  // A GB18030 byte becomes at most two of UTF-8: two bytes give three, four give four.
  buffer_.resize(raw.size() * 2);
  // iconv() reads through a char**, and changes only the pointer.
  char* in = const_cast<char*>(as_text(raw).data());
  std::size_t in_left = raw.size();
  char* out = buffer_.data();
  std::size_t out_left = buffer_.size();
  iconv(iconv_.get(), nullptr, nullptr, nullptr, nullptr);
  const std::size_t irreversible = iconv(iconv_.get(), &in, &in_left, &out, &out_left);
  const bool whole = irreversible == 0 && in_left == 0 &&
                     iconv(iconv_.get(), nullptr, nullptr, &out, &out_left) == 0;
  buffer_.resize(buffer_.size() - out_left);
  return whole;
}

}  // namespace kameng::text
