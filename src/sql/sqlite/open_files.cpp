// open_files.cpp - the process-wide list of open files, usable after a fork.
#include "sql/sqlite/open_files.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sql/driver.hpp"

namespace kameng::sql::sqlite {

namespace {

struct Entry {
  std::string real_path;
  dev_t device;
  ino_t inode;
  pid_t pid;
};

struct List {
  std::mutex mutex;
  std::vector<Entry> entries;
};

// Never destroyed: a database may be closed by another static object's destructor.
List& list() {
  static List* const the_list = new List;
  return *the_list;
}

// A fork while another thread held the mutex leaves it held for ever in the child, so nobody waits
// for it without end. It is tried again instead of waited for with a time: the thread sanitizer
// does not see the call that a timed mutex makes.
std::unique_lock<std::mutex> lock_list() {
  std::unique_lock<std::mutex> lock(list().mutex, std::try_to_lock);
  for (int tries = 0; !lock.owns_lock() && tries < 2000; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    static_cast<void>(lock.try_lock());
  }
  return lock;
}

Error cannot_open(int number) {
  Failure failure;
  failure.fault = number == EROFS ? Fault::read_only : Fault::cannot_open;
  return to_error(failure);
}

Error before_fork() {
  return Error{Status::misuse, "engine.opened_before_fork",
               "This file was open when the process forked; open it only after the fork."};
}

bool is_inherited(const std::string& real_path, const struct stat& status) {
  const pid_t me = getpid();
  for (const Entry& entry : list().entries) {
    const bool same = entry.real_path == real_path ||
                      (entry.device == status.st_dev && entry.inode == status.st_ino);
    if (same && entry.pid != me) {
      return true;
    }
  }
  return false;
}

// Makes an empty file. An existing file is never opened here: closing it would drop the locks that
// SQLite has on it.
Result<void> make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  if (errno == EEXIST) {
    return {};
  }
  return cannot_open(errno);
}

Result<std::string> resolve(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (!real) {
    return cannot_open(errno);
  }
  return std::string(real.get());
}

}  // namespace

Result<OpenFile> OpenFile::claim(const std::string& path) {
  const auto lock = lock_list();
  if (!lock.owns_lock()) {
    return before_fork();
  }
  KAMENG_CHECK(make_file(path));
  KAMENG_TRY(std::string real_path, resolve(path));
  struct stat status {};
  if (::stat(real_path.c_str(), &status) != 0) {
    return cannot_open(errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return cannot_open(EISDIR);
  }
  if (is_inherited(real_path, status)) {
    return before_fork();
  }
  OpenFile file;
  file.real_path_ = std::move(real_path);
  file.device_ = status.st_dev;
  file.inode_ = status.st_ino;
  file.pid_ = getpid();
  list().entries.push_back({file.real_path_, file.device_, file.inode_, file.pid_});
  return file;
}

OpenFile::OpenFile(OpenFile&& other) noexcept
    : real_path_(std::move(other.real_path_)),
      device_(other.device_),
      inode_(other.inode_),
      pid_(std::exchange(other.pid_, 0)) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(real_path_, other.real_path_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  std::swap(pid_, other.pid_);
  return *this;
}

OpenFile::~OpenFile() {
  if (pid_ == 0 || pid_ != getpid()) {
    return;  // a child keeps its parent's entries: they are what refuses the file
  }
  const auto lock = lock_list();
  if (!lock.owns_lock()) {
    return;
  }
  auto& entries = list().entries;
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    if (entry->pid == pid_ && entry->device == device_ && entry->inode == inode_ &&
        entry->real_path == real_path_) {
      entries.erase(entry);
      return;
    }
  }
}

bool opened_in_this_image_before_fork(const std::string& path) {
  const auto lock = lock_list();
  if (!lock.owns_lock()) {
    return true;
  }
  const Result<std::string> real_path = resolve(path);
  struct stat status {};
  return real_path && ::stat(real_path.value().c_str(), &status) == 0 &&
         is_inherited(real_path.value(), status);
}

}  // namespace kameng::sql::sqlite
