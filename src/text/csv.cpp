// csv.cpp - see csv.hpp.
#include "text/csv.hpp"

#include <utility>

namespace kameng::text {

char csv_separator(std::string_view header) noexcept {
  return header.find('\t') != std::string_view::npos && header.find(',') == std::string_view::npos
             ? '\t'
             : ',';
}

void CsvReader::add(const Line& line, const Sink& sink) {
  if (held_.empty()) {
    begin(line, sink);
    return;
  }
  hold(line);
  Step step = Step::stray;
  if (line.fault == LineFault::none && text_.size() + line.text.size() <= record_bytes_max_) {
    step = consume(line.text, line.ending);
  }
  if (step == Step::done) {
    record_.line = held_.front().number;
    emit(sink);
    held_.clear();
  } else if (step == Step::stray) {
    const bool bad_line = line.fault != LineFault::none;
    if (bad_line) {
      held_.pop_back();  // it is told of by itself, below
    }
    give_up(sink);
    if (bad_line) {
      add(line, sink);
    }
  }
}

void CsvReader::finish(const Sink& sink) {
  while (!held_.empty()) {
    give_up(sink);
  }
}

void CsvReader::begin(const Line& line, const Sink& sink) {
  text_.clear();
  ends_.clear();
  if (line.fault != LineFault::none) {
    emit_fault(line.number,
               line.fault == LineFault::too_long ? CsvFault::too_long : CsvFault::encoding, sink);
    return;
  }
  switch (consume(line.text, line.ending)) {
    case Step::done:
      record_.line = line.number;
      emit(sink);
      break;
    case Step::open:
      hold(line);
      break;
    case Step::stray:
      emit_fault(line.number, CsvFault::quote, sink);
      break;
  }
}

// Reads one line into the record; when lines are held, their last field's quote is open.
CsvReader::Step CsvReader::consume(std::string_view text, std::string_view ending) {
  bool quoted = !held_.empty();
  bool closed = false;            // the field was quoted, and its closing quote has been seen
  bool at_start = held_.empty();  // of a field
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        text_.push_back(c);
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        text_.push_back(c);
        ++i;
      } else {
        quoted = false;
        closed = true;
      }
    } else if (c == separator_) {
      end_field();
      closed = false;
      at_start = true;
    } else if (closed) {
      return Step::stray;
    } else if (c == '"') {
      if (!at_start) {
        return Step::stray;
      }
      quoted = true;
      at_start = false;
    } else {
      text_.push_back(c);
      at_start = false;
    }
  }
  if (quoted) {
    append(text_, ending);
    return Step::open;
  }
  end_field();
  return Step::done;
}

void CsvReader::end_field() {
  ends_.push_back(text_.size());
}

void CsvReader::hold(const Line& line) {
  Held held{line.number, {}, line.ending};
  append(held.text, line.text);
  held_.push_back(std::move(held));
}

void CsvReader::emit(const Sink& sink) {
  record_.fault = CsvFault::none;
  record_.fields.clear();
  std::size_t start = 0;
  for (const std::size_t end : ends_) {
    record_.fields.push_back(view(text_).substr(start, end - start));
    start = end;
  }
  sink(record_);
}

void CsvReader::emit_fault(std::int64_t number, CsvFault fault, const Sink& sink) {
  record_.line = number;
  record_.fields.clear();
  record_.fault = fault;
  sink(record_);
}

// The record of the held lines cannot be one: its first line is the fault, the others are read
// again. Between an opening quote and its close every line has an even number of quotes, and such a
// line opens nothing when it is read by itself; so only the last can be held again, and this is
// linear.
void CsvReader::give_up(const Sink& sink) {
  const std::vector<Held> again = std::exchange(held_, {});
  emit_fault(again.front().number, CsvFault::quote, sink);
  for (std::size_t i = 1; i < again.size(); ++i) {
    add(Line{again[i].number, view(again[i].text), again[i].ending, LineFault::none}, sink);
  }
}

}  // namespace kameng::text
