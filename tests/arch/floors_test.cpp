// floors_test.cpp - the house stands: who includes whom, and that no file is forgotten.
#include "floors.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "source_tree.hpp"

namespace kameng_arch_tests {
namespace {

constexpr const char* small_house =
    "0 base -\n"
    "1 json 0\n"
    "1 sql 0\n"
    "5 account 0-1\n"
    "6 payment 0-1 account  # a comment\n"
    "7 provider 0-1 payment\n"
    "10 ops 0-9 !provider\n";

std::size_t faults_in(const std::string& path, const std::string& text) {
  return check_includes(Floors(small_house), SourceFile(path, text)).size();
}

// Whether a list has the name as a word of its own, or at the end of a path.
bool names(const std::string& list, const std::string& name) {
  for (std::size_t at = list.find(name); at != std::string::npos; at = list.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : list[at - 1];
    const char after = at + name.size() < list.size() ? list[at + name.size()] : ' ';
    if (std::string(" \n(/").find(before) != std::string::npos &&
        std::string(" \n)").find(after) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// Sources of src and capi are named by the list of their folder or of one above. Those of tests may
// be named by any list of tests, since programs share them.
bool is_named_in_a_list(const SourceFile& file, const std::string& all_test_lists) {
  const std::size_t slash = file.path.rfind('/');
  std::string name = file.path.substr(slash + 1);
  if (file.is_in("tests/fuzz")) {
    name = name.substr(0, name.rfind('.'));  // targets are named after their one source
  }
  if (file.is_in("tests")) {
    return names(all_test_lists, name);
  }
  for (std::size_t end = slash; end != std::string::npos && end != 0;
       end = file.path.rfind('/', end - 1)) {
    if (names(read_text(file.path.substr(0, end) + "/CMakeLists.txt"), file.path.substr(end + 1))) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_SUITE_BEGIN("floors");

// Goal: the checker sees what it is there for.
// Method: a house of seven folders, and includes that are allowed and not.
TEST_CASE("the floors of a small house are enforced") {
  CHECK(Floors(small_house).faults().empty());
  CHECK(faults_in("src/json/a.cpp", "#include \"base/bytes.hpp\"\n#include \"json/a.hpp\"\n") == 0);
  CHECK(faults_in("src/base/a.cpp", "#include \"json/a.hpp\"\n") == 1);
  CHECK(faults_in("src/json/a.cpp", "#include \"sql/driver.hpp\"\n") == 1);
  CHECK(faults_in("src/payment/a.cpp", "#include \"account/a.hpp\"\n") == 0);
  CHECK(faults_in("src/provider/a.cpp", "#include \"account/a.hpp\"\n") == 1);
  CHECK(faults_in("src/ops/a.cpp", "#include \"payment/a.hpp\"\n") == 0);
  CHECK(faults_in("src/ops/a.cpp", "#include \"provider/a.hpp\"\n") == 1);
  CHECK(faults_in("src/ops/a.cpp", "#include \"nowhere/a.hpp\"\n") == 1);
  CHECK(faults_in("src/json/a.cpp", "// #include \"sql/driver.hpp\"\n") == 0);
  CHECK(faults_in("include/kameng/a.hpp", "#include \"base/bytes.hpp\"\n") == 1);
  CHECK(faults_in("capi/a.cpp", "#include \"sql/driver.hpp\"\n") == 0);
  CHECK(faults_in("capi/a.cpp", "#include \"payment/a.hpp\"\n") == 1);
}

// Goal: a library can be exchanged in one folder.
// Method: headers in and out of their home.
TEST_CASE("a library's headers are seen in its home alone") {
  CHECK(faults_in("src/json/a.cpp", "#include <nlohmann/json.hpp>\n") == 0);
  CHECK(faults_in("src/sql/a.cpp", "#include <nlohmann/json.hpp>\n") == 1);
  CHECK(faults_in("src/sql/sqlite/a.cpp", "#include <sqlite3.h>\n") == 0);
  CHECK(faults_in("src/sql/a.cpp", "#include <sqlite3.h>\n") == 1);
  CHECK(faults_in("src/sql/a.cpp", "#include <boost/any.hpp>\n") == 1);
  CHECK(faults_in("src/sql/a.cpp", "#include <vector>\n#include <sys/types.h>\n") == 0);
}

// Goal: the table itself is not nonsense.
// Method: tables that allow what no house can hold.
TEST_CASE("a table of floors that contradicts itself is refused") {
  CHECK(Floors("0 base -\n1 json 0-1\n").faults().size() == 1);
  CHECK(Floors("0 base -\n0 base -\n").faults().size() == 1);
  CHECK(Floors("0 base -\n1 json nowhere\n").faults().size() == 1);
  CHECK(Floors("base 0\n").faults().size() == 1);
}

// Goal: the real house stands.
// Method: every include of src, include and capi against src/FLOORS.
TEST_CASE("every folder includes only what src/FLOORS allows") {
  const Floors floors(read_text("src/FLOORS"));
  std::vector<Finding> findings = floors.faults();
  std::size_t files = 0;
  for (const char* const top : {"src", "include", "capi"}) {
    for (const SourceFile& file : read_sources(top)) {
      const std::vector<Finding> found = check_includes(floors, file);
      findings.insert(findings.end(), found.begin(), found.end());
      ++files;
    }
  }
  CHECK(files > 50);
  CHECK_MESSAGE(findings.empty(), "\n" << report(findings));
}

// Goal: src/FLOORS is the whole list of folders.
// Method: compare it with what is there.
TEST_CASE("src/FLOORS lists the folders of src") {
  const Floors floors(read_text("src/FLOORS"));
  CHECK(floors.folders() == folders_in("src"));
}

// Goal: no dead files.
// Method: every .cpp and .c is named in a CMakeLists.txt of its folder or one above.
TEST_CASE("every source is named in a CMakeLists.txt") {
  std::string all_test_lists = read_text("tests/CMakeLists.txt");
  for (const std::string& folder : folders_in("tests")) {
    all_test_lists += read_text("tests/" + folder + "/CMakeLists.txt");
    for (const std::string& inner : folders_in("tests/" + folder)) {
      all_test_lists += read_text("tests/" + folder + "/" + inner + "/CMakeLists.txt");
    }
  }
  std::vector<Finding> findings;
  for (const char* const top : {"src", "capi", "tests"}) {
    for (const SourceFile& file : read_sources(top)) {
      if (!file.is_header() && !is_named_in_a_list(file, all_test_lists)) {
        findings.push_back({file.path, 1, "no CMakeLists.txt names this file"});
      }
    }
  }
  CHECK_MESSAGE(findings.empty(), "\n" << report(findings));
}

TEST_SUITE_END();

}  // namespace kameng_arch_tests
