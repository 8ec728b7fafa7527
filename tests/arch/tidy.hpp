// tidy.hpp - rules of writing that linters do not see.
#pragma once

#include <vector>

#include "source_tree.hpp"

namespace kameng_arch_tests {

// Lines of at most 100 columns, no tabs, no blanks at the end, files and functions of a size that
// fits a head, ASCII outside string literals.
[[nodiscard]] std::vector<Finding> check_sizes(const SourceFile& file);
[[nodiscard]] std::vector<Finding> check_functions(const SourceFile& file);
[[nodiscard]] std::vector<Finding> check_characters(const SourceFile& file);

// Words that are not to be used, with what to use instead; and secrets that could be printed.
[[nodiscard]] std::vector<Finding> check_words(const SourceFile& file);

}  // namespace kameng_arch_tests
