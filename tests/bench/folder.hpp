// folder.hpp - where a benchmark's files are while it runs.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>

#include "shop.hpp"

namespace kameng::bench {

// A folder below `parent` that is gone at the end.
class Folder {
 public:
  explicit Folder(const std::string& parent) {
    path_ = parent + "/kameng-bench-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) {
      fail(parent, "cannot hold a folder");
    }
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace kameng::bench
