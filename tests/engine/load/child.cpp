// child.cpp - starting a process, talking to it, killing it.
#include "child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kameng::test {

namespace {

using std::chrono::milliseconds;

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe2");
    }
  }
  std::array<int, 2> ends{};
};

}  // namespace

Child::Child(const std::string& role) {
  std::signal(SIGPIPE, SIG_IGN);  // a child that is gone is seen by write()
  const Pipe in, out;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  std::string program = "/proc/self/exe", flag = "--role", name = role;
  std::array<char*, 4> arguments{program.data(), flag.data(), name.data(), nullptr};
  const int code =
      ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(in.ends[0]);
  ::close(out.ends[1]);
  input_ = in.ends[1];
  output_ = out.ends[0];
  if (code != 0) {
    throw std::runtime_error("posix_spawn");
  }
}

Child::~Child() {
  static_cast<void>(kill());
  ::close(input_);
  ::close(output_);
}

bool Child::tell(std::string_view line) {
  std::string text(line);
  text += '\n';
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t put = ::write(input_, text.data() + done, text.size() - done);
    if (put < 0 && errno != EINTR) {
      return false;
    }
    done += static_cast<std::size_t>(std::max<ssize_t>(put, 0));
  }
  return true;
}

bool Child::read_some(Time until) {
  while (!ended_) {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    pollfd waiting{output_, POLLIN, 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready == 0) {
      return false;
    }
    std::array<char, 65'536> bytes{};
    const ssize_t got = ready < 0 ? -1 : ::read(output_, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      ended_ = true;
      return false;
    }
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
  }
  return false;
}

bool Child::take_line(std::string& line) {
  const std::size_t end = buffer_.find('\n');
  if (end == std::string::npos) {
    return false;
  }
  line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return true;
}

std::string Child::line_until(Time until) {
  std::string line;
  while (!take_line(line) && read_some(until)) {
  }
  return line;
}

std::vector<std::string> Child::lines_until(Time until) {
  while (read_some(until)) {
  }
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = buffer_.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    lines.push_back(buffer_.substr(begin, end - begin));
  }
  buffer_.erase(0, begin);  // half a line stays, for the next time
  return lines;
}

std::vector<std::string> Child::kill() {
  if (pid_ <= 0) {
    return {};
  }
  ::kill(pid_, SIGKILL);
  std::vector<std::string> lines = lines_until(Time::max());
  wait();
  return lines;
}

int Child::wait() {
  int status = 0;
  while (pid_ > 0 && ::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace kameng::test
