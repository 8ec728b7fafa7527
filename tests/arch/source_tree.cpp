#include "source_tree.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace kameng_arch_tests {
namespace {

namespace fs = std::filesystem;

const fs::path root(KAMENG_SOURCE_DIR);

bool is_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Walks over C++ text and blanks what is not code. No parser: it knows comments, literals, raw
// strings and the quote inside numbers.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), no_literals_(text), code_(text) {
    while (at_ < text_.size()) {
      step();
    }
  }
  [[nodiscard]] std::string no_literals() { return std::move(no_literals_); }
  [[nodiscard]] std::string code() { return std::move(code_); }

 private:
  void step() {
    if (starts("//")) {
      blank_comment(std::min(text_.find('\n', at_), text_.size()));
    } else if (starts("/*")) {
      const std::size_t end = text_.find("*/", at_ + 2);
      blank_comment(end == std::string_view::npos ? text_.size() : end + 2);
    } else if (starts("R\"") && (at_ == 0 || !is_identifier(text_[at_ - 1]))) {
      const std::size_t open = text_.find('(', at_);
      const std::string end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
      const std::size_t close = text_.find(end, at_);
      blank_literal(close == std::string_view::npos ? text_.size() : close + end.size());
    } else if (text_[at_] == '"' || (text_[at_] == '\'' && !is_digit_separator())) {
      blank_literal(end_of_quoted());
    } else {
      ++at_;
    }
  }
  [[nodiscard]] bool starts(std::string_view what) const {
    return text_.substr(at_, what.size()) == what;
  }
  [[nodiscard]] bool is_digit_separator() const {
    return at_ > 0 && is_identifier(text_[at_ - 1]) && text_[at_ - 1] != 'u' &&
           text_[at_ - 1] != 'U' && text_[at_ - 1] != 'L';
  }
  [[nodiscard]] std::size_t end_of_quoted() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != text_[at_] && text_[end] != '\n') {
      end += text_[end] == '\\' ? std::size_t{2} : std::size_t{1};
    }
    return std::min(end + 1, text_.size());
  }
  void blank_comment(std::size_t end) {
    blank(code_, at_, end);
    at_ = end;
  }
  // The quotes stay, so that a string is still seen to be there.
  void blank_literal(std::size_t end) {
    blank(no_literals_, at_ + 1, end - 1);
    blank(code_, at_ + 1, end - 1);
    at_ = end;
  }
  static void blank(std::string& text, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (text[i] != '\n') {
        text[i] = ' ';
      }
    }
  }

  std::string_view text_;
  std::string no_literals_;
  std::string code_;
  std::size_t at_ = 0;
};

bool is_source(const fs::path& path) {
  constexpr std::array<std::string_view, 4> endings{".cpp", ".hpp", ".c", ".h"};
  return std::find(endings.begin(), endings.end(), path.extension().string()) != endings.end();
}

}  // namespace

SourceFile::SourceFile(std::string relative_path, std::string content)
    : path(std::move(relative_path)), text(std::move(content)) {
  Blanker blanker(text);
  no_literals = blanker.no_literals();
  code = blanker.code();
}

bool SourceFile::is_header() const {
  const std::string ending = fs::path(path).extension().string();
  return ending == ".hpp" || ending == ".h";
}

bool SourceFile::is_in(std::string_view folder) const {
  return path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0 &&
         path[folder.size()] == '/';
}

bool SourceFile::is_copied() const {
  return path.starts_with("tests/bench/lifecycle_") && path.ends_with(".c");
}

bool SourceFile::is_generated() const {
  const std::string first_line = text.substr(0, text.find('\n'));
  return first_line.find("enerated") != std::string::npos;
}

std::vector<SourceFile> read_sources(std::string_view folder) {
  std::vector<SourceFile> sources;
  if (!fs::is_directory(root / folder)) {
    return sources;
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
    if (entry.is_regular_file() && is_source(entry.path())) {
      const std::string path = fs::relative(entry.path(), root).string();
      sources.emplace_back(path, read_text(path));
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return sources;
}

std::string read_text(std::string_view relative_path) {
  std::ifstream file(root / relative_path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> folders_in(std::string_view folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(root / folder)) {
    if (entry.is_directory()) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

int line_at(std::string_view text, std::size_t position) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size()));
  return 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
}

std::string report(const std::vector<Finding>& findings) {
  std::ostringstream text;
  for (const Finding& finding : findings) {
    text << finding.file << ":" << finding.line << ": " << finding.what;
    if (!finding.use_instead.empty()) {
      text << ", use " << finding.use_instead;
    }
    text << "\n";
  }
  return text.str();
}

}  // namespace kameng_arch_tests
