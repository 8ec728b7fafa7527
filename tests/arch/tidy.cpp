#include "tidy.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace kameng_arch_tests {
namespace {

constexpr std::size_t column_count_max = 100;
constexpr std::size_t source_lines_max = 500;
constexpr std::size_t header_lines_max = 300;
constexpr std::size_t test_lines_max = 700;
constexpr int function_lines_max = 70;

enum class Where { library, everywhere, comments_too, outside_base };

struct BannedWord {
  std::string_view word;
  Where where;
  std::string_view use_instead;
};

constexpr std::array banned_words{
    BannedWord{"std::cout", Where::everywhere, "the log (tests: doctest's MESSAGE)"},
    BannedWord{"std::cerr", Where::everywhere, "the log (tests: doctest's MESSAGE)"},
    BannedWord{"printf(", Where::library, "the log"},
    BannedWord{"abort(", Where::library, "an Error"},
    BannedWord{"exit(", Where::library, "an Error"},
    BannedWord{"rand(", Where::everywhere, "kameng::Random"},
    BannedWord{"std::regex", Where::library, "text's patterns, which take linear time"},
    BannedWord{"sqlite3_exec(", Where::everywhere, "a prepared statement"},
    BannedWord{"using namespace", Where::library, "the names that are needed"},
    BannedWord{"using namespace std", Where::everywhere, "the names that are needed"},
    BannedWord{"getenv(", Where::library, "the configuration"},
    BannedWord{"std::thread", Where::library, "the caller's thread; the library starts none"},
    BannedWord{"std::jthread", Where::library, "the caller's thread; the library starts none"},
    BannedWord{"std::async", Where::library, "the caller's thread; the library starts none"},
    BannedWord{"system_clock", Where::outside_base, "kameng::Clock"},
    BannedWord{"std::source_location", Where::everywhere, "__builtin_FILE() (clang 14 lacks it)"},
    BannedWord{"std::format", Where::everywhere, "string concatenation (clang 14 lacks it)"},
    BannedWord{"std::expected", Where::everywhere, "kameng::Result"},
    BannedWord{"std::views", Where::everywhere, "a loop (clang 14 lacks views)"},
    BannedWord{"TODO", Where::comments_too, "an issue, or do it"},
    BannedWord{"FIXME", Where::comments_too, "an issue, or do it"},
    BannedWord{"XXX", Where::comments_too, "a sentence that says what is wrong"},
    BannedWord{"HACK", Where::comments_too, "a sentence that says why"},
    BannedWord{"fulfilment", Where::comments_too, "delivery"},
    BannedWord{"fulfillment", Where::comments_too, "delivery"},
};

bool is_library(const SourceFile& file) {
  return file.is_in("src") || file.is_in("include") || file.is_in("capi");
}

bool applies(const BannedWord& banned, const SourceFile& file) {
  switch (banned.where) {
    case Where::library:
      return is_library(file);
    case Where::outside_base:
      return is_library(file) && !file.is_in("src/base");
    case Where::everywhere:
    case Where::comments_too:
      return true;
  }
  return true;
}

bool is_identifier(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether the word at `at` stands for itself: not inside a longer one, and no member's name.
bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  const char before = at == 0 ? ' ' : text[at - 1];
  const char after = at + size < text.size() ? text[at + size] : ' ';
  const bool is_call = text[at + size - 1] == '(';
  return !is_identifier(before) && before != '.' && before != '>' &&
         (is_call || !is_identifier(after));
}

// Columns as an editor shows them: bytes that go on a character are none.
std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

// What stands before a brace, without the preprocessor's lines.
std::string without_directives(std::string_view before) {
  std::string kept;
  for (const std::string_view line : lines_of(before)) {
    if (trimmed(line).substr(0, 1) != "#") {
      kept.append(line).append("\n");
    }
  }
  return kept;
}

// Whether what stands before a brace begins a function: it has parameters, and is neither a type
// nor a namespace, a test suite or a value.
bool begins_function(std::string_view text) {
  const std::string kept = without_directives(text);
  const std::string_view before = trimmed(kept);
  if (before.find(')') == std::string_view::npos || before.back() == '=' || before.back() == ',') {
    return false;
  }
  constexpr std::array<std::string_view, 7> others{"namespace", "struct", "class",     "enum",
                                                   "union",     "extern", "TEST_SUITE"};
  return std::none_of(others.begin(), others.end(), [&](std::string_view word) {
    return before.substr(0, word.size()) == word && !is_identifier(before[word.size()]);
  });
}

}  // namespace

std::vector<Finding> check_sizes(const SourceFile& file) {
  std::vector<Finding> findings;
  if (file.is_generated()) {
    return findings;
  }
  const std::vector<std::string_view> lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    if (columns_of(lines[i]) > column_count_max) {
      findings.push_back({file.path, number, std::to_string(columns_of(lines[i])) + " columns",
                          "at most " + std::to_string(column_count_max)});
    }
  }
  const std::size_t lines_max = file.is_in("tests") ? test_lines_max
                                : file.is_header()  ? header_lines_max
                                                    : source_lines_max;
  if (lines.size() > lines_max) {
    findings.push_back({file.path, 1, std::to_string(lines.size()) + " lines",
                        "at most " + std::to_string(lines_max) + ": split it by noun"});
  }
  return findings;
}

std::vector<Finding> check_functions(const SourceFile& file) {
  std::vector<Finding> findings;
  std::vector<bool> braces;        // whether each open one is a function's
  std::size_t function_begin = 0;  // of the outermost function that is open
  bool is_inside = false;
  std::size_t statement = 0;
  for (std::size_t at = 0; at < file.code.size(); ++at) {
    const char c = file.code[at];
    if (c == '{') {
      const std::string_view before = std::string_view(file.code).substr(statement, at - statement);
      const bool is_function = !is_inside && begins_function(before);
      if (is_function) {
        function_begin = at;
        is_inside = true;
      }
      braces.push_back(is_function);
    } else if (c == '}' && !braces.empty()) {
      if (braces.back()) {
        is_inside = false;
        const int first = line_at(file.code, function_begin);
        const int count = line_at(file.code, at) - first + 1;
        if (count > function_lines_max) {
          findings.push_back({file.path, first, "a function of " + std::to_string(count) + " lines",
                              "at most " + std::to_string(function_lines_max)});
        }
      }
      braces.pop_back();
    }
    if (c == ';' || c == '{' || c == '}') {
      statement = at + 1;
    }
  }
  return findings;
}

std::vector<Finding> check_characters(const SourceFile& file) {
  std::vector<Finding> findings;
  const std::vector<std::string_view> lines = lines_of(file.no_literals);
  const std::vector<std::string_view> all_lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    const std::string_view line = lines[i];
    const std::string_view with_literals = all_lines[i];
    if (line.find('\t') != std::string_view::npos) {
      findings.push_back({file.path, number, "a tab", "spaces"});
    }
    if (line.find('\r') != std::string_view::npos) {
      findings.push_back({file.path, number, "a carriage return", "LF line ends"});
    }
    if (!with_literals.empty() && with_literals.back() == ' ') {
      findings.push_back({file.path, number, "a blank at the end of the line", "none"});
    }
    if (is_library(file) &&
        std::any_of(line.begin(), line.end(), [](char c) { return (c & '\x80') != 0; })) {
      findings.push_back({file.path, number, "not ASCII outside a string literal", "ASCII"});
    }
  }
  if (!file.text.empty() && file.text.back() != '\n') {
    findings.push_back({file.path, static_cast<int>(lines.size()), "no line end at the end"});
  }
  return findings;
}

std::vector<Finding> check_words(const SourceFile& file) {
  std::vector<Finding> findings;
  for (const BannedWord& banned : banned_words) {
    if (!applies(banned, file)) {
      continue;
    }
    const std::string& text = banned.where == Where::comments_too ? file.no_literals : file.code;
    for (std::size_t at = text.find(banned.word); at != std::string::npos;
         at = text.find(banned.word, at + 1)) {
      if (stands_alone(text, at, banned.word.size())) {
        findings.push_back({file.path, line_at(text, at), std::string(banned.word),
                            std::string(banned.use_instead)});
      }
    }
  }
  for (std::size_t at = file.code.find("operator<<"); at != std::string::npos;
       at = file.code.find("operator<<", at + 1)) {
    const std::size_t end = std::min(file.code.find_first_of(";{", at), file.code.size());
    if (file.code.substr(at, end - at).find("Secret") != std::string::npos) {
      findings.push_back({file.path, line_at(file.code, at), "a secret that can be printed",
                          "no operator<< for it"});
    }
  }
  return findings;
}

}  // namespace kameng_arch_tests
