// server_dsn.hpp - where the database servers are that tests may use.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

namespace kameng::test {

// KAMENG_TEST_POSTGRES or KAMENG_TEST_MARIADB when it is set; otherwise what `tests/servers` wrote,
// in the folder that ctest names in KAMENG_TEST_SERVERS. Nothing when there is none: whoever needs
// it reports itself as skipped.
[[nodiscard]] inline std::optional<std::string> server_dsn(const std::string& kind) {
  std::string name = "KAMENG_TEST_" + kind;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  if (const char* given = std::getenv(name.c_str()); given != nullptr && *given != '\0') {
    return given;
  }
  const char* folder = std::getenv("KAMENG_TEST_SERVERS");
  std::string dsn;
  if (folder != nullptr) {
    std::ifstream file(std::string(folder) + "/" + kind + "/dsn");
    std::getline(file, dsn);
  }
  return dsn.empty() ? std::nullopt : std::optional<std::string>(dsn);
}

}  // namespace kameng::test
