// source_tree.hpp - the files of this project as the tests of its own rules see them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kameng_arch_tests {

// One broken rule.
struct Finding {
  std::string file;
  int line = 0;
  std::string what;
  std::string use_instead = {};
};

// A file, and its text with parts blanked out; lines and columns stay where they are.
struct SourceFile {
  SourceFile(std::string relative_path, std::string content);

  [[nodiscard]] bool is_header() const;
  [[nodiscard]] bool is_in(std::string_view folder) const;  // "src", "src/base"
  // Made by a program that says so in the first line; only its users have to read it.
  [[nodiscard]] bool is_generated() const;
  // Taken over byte by byte from elsewhere, so it keeps the rules of where it comes from.
  [[nodiscard]] bool is_copied() const;

  std::string path;         // from the root of the tree
  std::string text;         // as it is
  std::string no_literals;  // string and character literals blanked
  std::string code;         // comments blanked too
};

// C and C++ files below `folder`, sorted by path. A missing folder has none.
[[nodiscard]] std::vector<SourceFile> read_sources(std::string_view folder);
[[nodiscard]] std::string read_text(std::string_view relative_path);  // empty when missing
[[nodiscard]] std::vector<std::string> folders_in(std::string_view folder);

[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);
[[nodiscard]] int line_at(std::string_view text, std::size_t position);

// "file:line: what, use what", one per line.
[[nodiscard]] std::string report(const std::vector<Finding>& findings);

}  // namespace kameng_arch_tests
