// plaintext.hpp - searches bytes for secrets, whatever they may be written as.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kameng::test {

// The forms a secret may take: as it is (UTF-8), UTF-16 in both byte orders, hexadecimal in both
// cases, and base64 in both alphabets, wherever in a group of three bytes it begins. A form that
// depends on what stands beside the secret is cut to the part that does not.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> forms_of(std::string_view secret);

class Search {
 public:
  // `name` is what a finding calls it.
  void look_for(const std::string& name, std::string_view secret);
  // "<name> as <form> in <place>" for each that is there.
  [[nodiscard]] std::vector<std::string> in(const std::string& place, std::string_view bytes) const;
  [[nodiscard]] std::size_t forms() const { return forms_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> forms_;  // what to call it, bytes
};

// Every file of a folder, by name.
[[nodiscard]] std::map<std::string, std::string> read_folder(const std::string& folder);

}  // namespace kameng::test
