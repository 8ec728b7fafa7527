// open_files.hpp - which SQLite files this process has open.
//
// A forked child inherits SQLite's own table of locks without the locks themselves, so a file that
// was open at the fork must not be opened again in the child: two processes would write at once.
// The list survives the fork and says so.
#pragma once

#include <string>

#include <sys/types.h>

#include <kameng/result.hpp>

namespace kameng::sql::sqlite {

// A file that is open, for as long as this object lives.
class OpenFile {
 public:
  // Makes the file when it is not there (mode 0600) and finds its real path.
  [[nodiscard]] static Result<OpenFile> claim(const std::string& path);

  OpenFile() = default;
  OpenFile(OpenFile&& other) noexcept;
  OpenFile& operator=(OpenFile&& other) noexcept;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  [[nodiscard]] const std::string& real_path() const noexcept { return real_path_; }

 private:
  std::string real_path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  pid_t pid_ = 0;  // 0: nothing is claimed
};

// True in a forked child for a file that was open in the parent at the fork.
[[nodiscard]] bool opened_in_this_image_before_fork(const std::string& path);

}  // namespace kameng::sql::sqlite
