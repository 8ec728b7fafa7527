// floors.hpp - reads src/FLOORS and tells which folder may include which.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "source_tree.hpp"

namespace kameng_arch_tests {

class Floors {
 public:
  // Lines "FLOOR FOLDER MAY-INCLUDE": a floor, a range of floors, a folder, or !folder to except
  // one; "-" for none. Faults of the text itself are kept in faults().
  explicit Floors(std::string_view text);

  [[nodiscard]] const std::vector<Finding>& faults() const { return faults_; }
  [[nodiscard]] bool has(const std::string& folder) const { return folders_.count(folder) != 0; }
  [[nodiscard]] std::vector<std::string> folders() const;
  [[nodiscard]] bool may_include(const std::string& folder, const std::string& other) const;

 private:
  struct Folder {
    int floor = 0;
    std::vector<std::string> may;
  };
  void read_line(std::string_view line, int number);

  std::map<std::string, Folder> folders_;
  std::vector<Finding> faults_;
};

// The name between the quotes or brackets of each #include, with its line.
struct Include {
  std::string name;
  bool is_quoted = false;
  int line = 0;
};
[[nodiscard]] std::vector<Include> includes_of(const SourceFile& file);

// Includes that reach up, sideways, or into a library that has its home elsewhere.
[[nodiscard]] std::vector<Finding> check_includes(const Floors& floors, const SourceFile& file);

}  // namespace kameng_arch_tests
