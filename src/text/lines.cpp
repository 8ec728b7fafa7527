// lines.cpp - see lines.hpp.
#include "text/lines.hpp"

namespace kameng::text {
namespace {

// No encoding here needs more than two bytes for one of UTF-8, so a longer raw line is too long in
// any case.
constexpr std::size_t raw_factor = 2;
// What is kept of a dropped line: enough for a CR that waits for its LF, in units of any size.
constexpr std::size_t tail_bytes = 4;

}  // namespace

void LineReader::feed(ByteView chunk, const Sink& sink) {
  if (pending_.empty()) {
    const std::size_t used = scan(chunk, false, sink);
    pending_.assign(chunk.begin() + static_cast<std::ptrdiff_t>(used), chunk.end());
  } else {
    pending_.insert(pending_.end(), chunk.begin(), chunk.end());
    const std::size_t used = scan(pending_, false, sink);
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(used));
  }
  if (pending_.size() > line_bytes_max_ * raw_factor + tail_bytes) {
    overlong_ = true;
    // An even number goes, so that units of two bytes stay whole.
    const std::size_t drop = (pending_.size() - tail_bytes) / 2 * 2;
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(drop));
  }
}

void LineReader::finish(const Sink& sink) {
  const std::size_t used = scan(pending_, true, sink);
  if (used < pending_.size() || overlong_) {
    emit(ByteView(pending_).subspan(used), "", sink);
  }
  pending_.clear();
}

// Emits the lines that `data` has whole and returns the bytes they took.
std::size_t LineReader::scan(ByteView data, bool at_end, const Sink& sink) {
  const std::size_t unit = decoder_.unit_bytes();
  std::size_t start = 0;
  for (std::size_t i = 0; i + unit <= data.size(); i += unit) {
    const char c = ascii_at(data, i);
    if (c != '\r' && c != '\n') {
      continue;
    }
    if (c == '\r' && !at_end && i + 2 * unit > data.size()) {
      break;  // its LF may be in the next chunk
    }
    const bool pair = c == '\r' && i + 2 * unit <= data.size() && ascii_at(data, i + unit) == '\n';
    emit(data.subspan(start, i - start), pair ? "\r\n" : c == '\n' ? "\n" : "\r", sink);
    i += pair ? unit : 0;
    start = i + unit;
  }
  return start;
}

// The character at a unit, or NUL when it is not ASCII. Neither CR nor LF is ever a part of another
// character: UTF-8 and GB18030 use bytes from 0x30 up inside theirs.
char LineReader::ascii_at(ByteView data, std::size_t position) const noexcept {
  switch (decoder_.encoding()) {
    case Encoding::utf16le:
      return data[position + 1] == 0 ? static_cast<char>(data[position]) : '\0';
    case Encoding::utf16be:
      return data[position] == 0 ? static_cast<char>(data[position + 1]) : '\0';
    case Encoding::utf8:
    case Encoding::gb18030:
      break;
  }
  return static_cast<char>(data[position]);
}

void LineReader::emit(ByteView raw, std::string_view ending, const Sink& sink) {
  Line line{++number_, {}, ending, LineFault::none};
  if (overlong_ || raw.size() > line_bytes_max_ * raw_factor) {
    line.fault = LineFault::too_long;
    overlong_ = false;
  } else if (const auto text = decoder_.decode(raw); !text) {
    line.fault = LineFault::encoding;
  } else if (text->size() > line_bytes_max_) {
    line.fault = LineFault::too_long;
  } else {
    line.text = *text;
  }
  sink(line);
}

}  // namespace kameng::text
