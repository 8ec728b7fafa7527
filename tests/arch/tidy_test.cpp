// tidy_test.cpp - the whole tree against the rules of tidy.hpp, all findings at once.
#include "tidy.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "source_tree.hpp"

namespace kameng_arch_tests {
namespace {

using Rule = std::vector<Finding> (*)(const SourceFile&);

std::size_t words_in(const std::string& path, const std::string& text) {
  return check_words(SourceFile(path, text)).size();
}

void check_tree(Rule rule) {
  std::vector<Finding> findings;
  std::size_t files = 0;
  for (const char* const top : {"src", "include", "capi", "tests", "examples"}) {
    for (const SourceFile& file : read_sources(top)) {
      if (file.is_copied()) {
        continue;
      }
      const std::vector<Finding> found = rule(file);
      findings.insert(findings.end(), found.begin(), found.end());
      ++files;
    }
  }
  CHECK(files > 50);
  CHECK_MESSAGE(findings.empty(), "\n" << report(findings));
}

}  // namespace

TEST_SUITE_BEGIN("tidy");

// Goal: rules look at code, not at what is said or printed.
// Method: each kind of comment and literal.
TEST_CASE("comments and literals are told from code") {
  const SourceFile file("src/a/a.cpp",
                        "int a = 1'000'000; // one\n"
                        "auto b = \"two \\\" // no comment\"; /* three */ char c = '\"';\n"
                        "auto d = R\"x(four )\" )x\"; int e;\n");
  CHECK(file.code.find("one") == std::string::npos);
  CHECK(file.code.find("two") == std::string::npos);
  CHECK(file.code.find("three") == std::string::npos);
  CHECK(file.code.find("four") == std::string::npos);
  CHECK(file.code.find("int e;") != std::string::npos);
  CHECK(file.code.find("char c") != std::string::npos);
  CHECK(file.no_literals.find("three") != std::string::npos);
  CHECK(file.no_literals.find("four") == std::string::npos);
  CHECK(file.code.size() == file.text.size());
}

// Goal: the rules find what they are there for, and nothing else.
// Method: a line for each.
TEST_CASE("banned words are found in code, some in comments too") {
  CHECK(words_in("src/a/a.cpp", "void f() { std::cout << 1; }\n") == 1);
  CHECK(words_in("src/a/a.cpp", "void f() { std::abort(); }\n") == 1);
  CHECK(words_in("src/a/a.cpp", "void f() { transaction.abort(); operand(1); }\n") == 0);
  CHECK(words_in("src/a/a.cpp", "// std::cout\nconst char* a = \"std::cout\";\n") == 0);
  CHECK(words_in("src/a/a.cpp",
                 "// FIX"
                 "ME later\n") == 1);
  CHECK(words_in("tests/a/a.cpp", "std::thread thread;\n") == 0);
  CHECK(words_in("src/a/a.cpp", "std::thread thread;\n") == 1);
  CHECK(words_in("src/a/a.cpp", "Stream& operator<<(Stream&, const SecretText&);\n") == 1);
  CHECK(words_in("src/a/a.cpp", "Stream& operator<<(Stream&, const Money&);\n") == 0);
}

// Goal: sizes are counted as people see them.
// Method: texts just within and just beyond the limits.
TEST_CASE("long lines, files and functions are found") {
  const std::string wide_enough = "//" + std::string(98, 'x') + "\n";
  CHECK(check_sizes(SourceFile("src/a.cpp", wide_enough)).empty());
  CHECK(check_sizes(SourceFile("src/a.cpp", "x" + wide_enough)).size() == 1);
  CHECK(check_sizes(SourceFile("src/a.hpp", std::string(300, '\n'))).empty());
  CHECK(check_sizes(SourceFile("src/a.hpp", std::string(301, '\n'))).size() == 1);
  CHECK(check_sizes(SourceFile("src/a.cpp", std::string(500, '\n'))).empty());
  CHECK(check_sizes(SourceFile("src/a.cpp", std::string(501, '\n'))).size() == 1);

  const auto function_of = [](std::size_t lines) {
    return "namespace a {\nclass B {\n int c(int d) const {" + std::string(lines - 1, '\n') +
           "}\n};\n}\n";
  };
  CHECK(check_functions(SourceFile("src/a.cpp", function_of(70))).empty());
  CHECK(check_functions(SourceFile("src/a.cpp", function_of(71))).size() == 1);
  CHECK(check_functions(SourceFile("tests/a.cpp", "TEST_SUITE(\"a\") {" + function_of(70) +
                                                      std::string(9, '\n') + "}\n"))
            .empty());
  CHECK(check_functions(SourceFile("src/a.cpp", "class A {" + std::string(90, '\n') + "};\n"))
            .empty());
}

// Goal: every editor and terminal shows a file alike.
// Method: a character of each unwanted kind.
TEST_CASE("tabs, trailing blanks and foreign characters are found") {
  CHECK(check_characters(SourceFile("src/a.cpp", "int a;\n")).empty());
  CHECK(check_characters(SourceFile("src/a.cpp", "\tint a;\n")).size() == 1);
  CHECK(check_characters(SourceFile("src/a.cpp", "int a; \n")).size() == 1);
  CHECK(check_characters(SourceFile("src/a.cpp", "int a;  // \xC3\xA9\n")).size() == 1);
  CHECK(check_characters(SourceFile("src/a.cpp", "auto a = \"\xC3\xA9\";\n")).empty());
  CHECK(check_characters(SourceFile("src/a.cpp", "int a;")).size() == 1);
}

// Goal: the tree keeps the rules.
// Method: every file, rule by rule.
TEST_CASE("no file, line or column is too long") {
  check_tree(check_sizes);
}
TEST_CASE("no function is too long") {
  check_tree(check_functions);
}
TEST_CASE("no unwanted characters") {
  check_tree(check_characters);
}
TEST_CASE("no unwanted words") {
  check_tree(check_words);
}

TEST_SUITE_END();

}  // namespace kameng_arch_tests
