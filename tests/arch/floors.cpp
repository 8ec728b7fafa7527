#include "floors.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <sstream>

namespace kameng_arch_tests {
namespace {

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// A floor or a range of floors; nothing for a folder's name.
std::optional<std::pair<int, int>> range_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  const std::optional<int> first = number_of(text.substr(0, dash));
  const std::optional<int> last =
      dash == std::string_view::npos ? first : number_of(text.substr(dash + 1));
  if (!first || !last) {
    return std::nullopt;
  }
  return std::pair(*first, *last);
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// What every folder may use of the system: the C++ library has no dots in its names.
bool is_standard(const std::string& name) {
  static const std::set<std::string> posix{
      "dirent.h",  "dlfcn.h",  "errno.h",  "fcntl.h",  "limits.h", "poll.h",
      "pthread.h", "signal.h", "stddef.h", "stdint.h", "stdlib.h", "string.h",
      "strings.h", "time.h",   "unistd.h", "netdb.h",  "endian.h"};
  const bool is_cpp = name.find('.') == std::string::npos && name.find('/') == std::string::npos;
  return is_cpp || posix.count(name) != 0 || starts_with(name, "sys/") ||
         starts_with(name, "netinet/") || starts_with(name, "arpa/");
}

// The one folder that may see a library's headers.
struct Home {
  std::string_view header;  // a whole name, or a beginning that ends in '/'
  std::string_view folder;
};
constexpr std::array homes{
    Home{"sodium.h", "src/crypto"},
    Home{"sodium/", "src/crypto"},
    Home{"openssl/", "src/crypto"},
    Home{"crypt.h", "src/crypto"},
    Home{"nlohmann/", "src/json"},
    Home{"iconv.h", "src/text"},
    Home{"zlib.h", "src/text"},
    Home{"utf8proc.h", "src/text"},
    Home{"unicode/", "src/text"},
    Home{"sqlite3.h", "src/sql/sqlite"},
    Home{"libpq-fe.h", "src/sql/postgres"},
    Home{"mysql.h", "src/sql/mariadb"},
    Home{"mysql/", "src/sql/mariadb"},
    Home{"mariadb/", "src/sql/mariadb"},
    Home{"curl/", "src/transport"},
    Home{"kameng.h", "capi"},
};

const Home* home_of(const std::string& header) {
  const auto found = std::find_if(homes.begin(), homes.end(), [&](const Home& home) {
    return home.header.back() == '/' ? starts_with(header, home.header) : header == home.header;
  });
  return found == homes.end() ? nullptr : &*found;
}

// The folder of src/ that a file belongs to, "capi" for the C interface, empty for include/.
std::string folder_of(const SourceFile& file) {
  if (!file.is_in("src")) {
    return file.is_in("capi") ? "capi" : "";
  }
  const std::size_t begin = std::string_view("src/").size();
  const std::size_t end = file.path.find('/', begin);
  return end == std::string::npos ? "" : file.path.substr(begin, end - begin);
}

}  // namespace

Floors::Floors(std::string_view text) {
  int number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    read_line(line.substr(0, line.find('#')), number);
  }
}

void Floors::read_line(std::string_view line, int number) {
  std::istringstream words{std::string(line)};
  std::string floor;
  std::string name;
  if (!(words >> floor)) {
    return;
  }
  Folder folder;
  const std::optional<int> height = number_of(floor);
  if (!height || !(words >> name) || has(name)) {
    faults_.push_back({"src/FLOORS", number, "not FLOOR FOLDER MAY-INCLUDE, or a folder twice"});
    return;
  }
  folder.floor = *height;
  for (std::string may; words >> may;) {
    if (may != "-") {
      folder.may.push_back(may);
    }
  }
  for (const std::string& may : folder.may) {
    const auto range = range_of(may);
    const std::string other = may[0] == '!' ? may.substr(1) : may;
    if (!range && !has(other)) {
      faults_.push_back({"src/FLOORS", number, other + " is not listed above " + name});
    }
    if (range && range->second >= folder.floor) {
      faults_.push_back(
          {"src/FLOORS", number, name + " may include its own floor or a higher one"});
    }
  }
  folders_[name] = folder;
}

std::vector<std::string> Floors::folders() const {
  std::vector<std::string> names;
  for (const auto& [name, folder] : folders_) {
    names.push_back(name);
  }
  return names;
}

bool Floors::may_include(const std::string& folder, const std::string& other) const {
  if (folder == other) {
    return true;
  }
  const auto from = folders_.find(folder);
  const auto to = folders_.find(other);
  if (from == folders_.end() || to == folders_.end() || to->second.floor >= from->second.floor) {
    return false;
  }
  bool may = false;
  for (const std::string& token : from->second.may) {
    if (token == "!" + other) {
      return false;
    }
    const auto range = range_of(token);
    may = may || token == other ||
          (range && range->first <= to->second.floor && to->second.floor <= range->second);
  }
  return may;
}

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  const std::vector<std::string_view> lines = lines_of(file.text);
  const std::vector<std::string_view> code = lines_of(file.code);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t begin = lines[i].find_first_of("\"<");
    if (!starts_with(code[i], "#include") || begin == std::string_view::npos) {
      continue;
    }
    const bool is_quoted = lines[i][begin] == '"';
    const std::size_t end = lines[i].find(is_quoted ? '"' : '>', begin + 1);
    includes.push_back({std::string(lines[i].substr(begin + 1, end - begin - 1)), is_quoted,
                        static_cast<int>(i) + 1});
  }
  return includes;
}

std::vector<Finding> check_includes(const Floors& floors, const SourceFile& file) {
  std::vector<Finding> findings;
  const std::string folder = folder_of(file);
  for (const Include& include : includes_of(file)) {
    const auto fault = [&](const std::string& what) {
      findings.push_back({file.path, include.line, what});
    };
    if (include.is_quoted) {
      const std::string other = include.name.substr(0, include.name.find('/'));
      // The C interface stands beside src/ and uses the engine, and what engine documents need.
      static const std::set<std::string> open_to_capi{"capi", "base", "json", "sql", "engine"};
      if (folder.empty()) {
        fault("a public header includes \"" + include.name + "\" of src");
      } else if (folder == "capi" ? open_to_capi.count(other) == 0
                                  : !floors.may_include(folder, other)) {
        fault(folder + " may not include " + other);
      }
    } else if (const Home* const home = home_of(include.name); home != nullptr) {
      if (!file.is_in(home->folder)) {
        fault("<" + include.name + "> has its home in " + std::string(home->folder));
      }
    } else if (!starts_with(include.name, "kameng/") && !is_standard(include.name)) {
      fault("<" + include.name + "> is neither standard nor a library with a home here");
    }
  }
  return findings;
}

}  // namespace kameng_arch_tests
