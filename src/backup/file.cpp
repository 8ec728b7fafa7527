// file.cpp - POSIX files.
#include "backup/file.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kameng::backup {

namespace {

// Goes on after signals and short counts; what `step` gave when it gave no bytes.
template <class Step>
ssize_t complete(std::size_t size, const Step& step) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = step(done);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return -1;
    }
    if (count == 0) {
      break;
    }
    done += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace

Error error_of(int number, std::string_view field) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return Error{Status::unavailable, "storage.full", "There is no space left."}.at(field).with(
          Retry::same);
    case EROFS:
    case EACCES:
    case EPERM:
      return Error{Status::unavailable, "storage.read_only", "This place may not be written."}
          .at(field)
          .with(Retry::same);
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
      return Error{Status::not_found, "backup.not_found", "There is no such place."}.at(field);
    case EEXIST:
    case EISDIR:
      return Error{Status::already_exists, "backup.exists", "The name is taken."}.at(field);
    default:
      return Error{Status::unavailable, "storage.io", "A file could not be read or written."}
          .at(field)
          .with(Retry::same);
  }
}

Result<File> File::create(const std::string& path, std::string_view field) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return error_of(errno, field);
  }
  return File(descriptor, field);
}

Result<File> File::open(const std::string& path, std::string_view field) {
  // Not blocking: a pipe in a regular file's place must not hang the caller.
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), field);
  struct stat status {};
  if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &status) != 0) {
    return error_of(errno, field);
  }
  if (!S_ISREG(status.st_mode)) {
    return error_of(ENOENT, field);
  }
  return file;
}

File::File(File&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), field_(other.field_) {}

File::~File() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Result<std::int64_t> File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    return error_of(errno, field_);
  }
  return std::int64_t{status.st_size};
}

Result<std::span<std::uint8_t>> File::read(std::span<std::uint8_t> bytes) {
  const ssize_t count = complete(bytes.size(), [&](std::size_t done) {
    return ::read(descriptor_, bytes.data() + done, bytes.size() - done);
  });
  if (count < 0) {
    return error_of(errno, field_);
  }
  return bytes.first(static_cast<std::size_t>(count));
}

Result<void> File::write(ByteView bytes) {
  const ssize_t count = complete(bytes.size(), [&](std::size_t done) {
    return ::write(descriptor_, bytes.data() + done, bytes.size() - done);
  });
  return count == std::ssize(bytes) ? Result<void>() : error_of(errno, field_);
}

Result<void> File::write_at(std::int64_t offset, ByteView bytes) {
  const ssize_t count = complete(bytes.size(), [&](std::size_t done) {
    return ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                    offset + static_cast<std::int64_t>(done));
  });
  return count == std::ssize(bytes) ? Result<void>() : error_of(errno, field_);
}

Result<void> File::resize(std::int64_t bytes) {
  return ::ftruncate(descriptor_, bytes) == 0 ? Result<void>() : error_of(errno, field_);
}

Result<void> File::flush() {
  return ::fsync(descriptor_) == 0 ? Result<void>() : error_of(errno, field_);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> flush_folder(const std::string& path, std::string_view field) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    return error_of(errno, field);
  }
  const bool flushed = ::fsync(folder) == 0;
  const int number = errno;
  ::close(folder);
  return flushed ? Result<void>() : error_of(number, field);
}

bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

void remove_quietly(const std::string& path) noexcept {
  static_cast<void>(::unlink(path.c_str()));
}

}  // namespace kameng::backup
