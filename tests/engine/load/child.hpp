// child.hpp - another process of a test: this program again, in a role (roles.hpp).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace kameng::test {

class Child {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Child(const std::string& role);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  // kills it when it still runs

  // A line to its input; false when it is gone.
  bool tell(std::string_view line);
  // The next whole line of its output; empty when it has ended or the time has come first.
  [[nodiscard]] std::string line_until(Time until);
  // Reads whole lines until the time has come or the child has ended.
  [[nodiscard]] std::vector<std::string> lines_until(Time until);
  // kill -9; then what it had still said.
  [[nodiscard]] std::vector<std::string> kill();
  // Waits for its end; its exit code, or minus the signal that killed it.
  int wait();

 private:
  bool read_some(Time until);
  [[nodiscard]] bool take_line(std::string& line);

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  bool ended_ = false;
  std::string buffer_;
};

}  // namespace kameng::test
