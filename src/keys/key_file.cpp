// key_file.cpp - reading and creating key files.
#include "keys/key_file.hpp"

#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/encoding.hpp"

namespace kameng::keys {
namespace {

constexpr std::string_view file_header =
    "# kameng master key - keep a copy apart from the database\n";
constexpr std::string_view key_prefix = "kmk1-";
constexpr std::size_t file_bytes_max = std::size_t{64} * 1024;

// A file descriptor that is closed when it goes.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) {
      close(descriptor_);
    }
  }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error invalid(std::string message) {
  return Error{Status::failed_precondition, "vault.key_file_invalid", std::move(message)};
}

Error not_written() {
  return Error{Status::unavailable, "vault.key_file_not_written",
               "The key file could not be written."};
}

// Fills `content` from the file; false on an error or when the file is shorter.
bool read_all(int file, std::span<std::uint8_t> content) {
  while (!content.empty()) {
    const ssize_t got = read(file, content.data(), content.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return false;
    }
    content = content.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = write(file, text.data(), text.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

// A line without its end; takes it off `text`.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  return line;
}

Result<MasterKey> parse_key(std::string_view line) {
  SecretBytes bytes(master_key_bytes);
  if (line.substr(0, key_prefix.size()) != key_prefix ||
      !crypto::secret_from_hex(line.substr(key_prefix.size()), bytes.span())) {
    return invalid("A line of the key file is neither a comment nor a key.");
  }
  return MasterKey::from_bytes(std::move(bytes));
}

Result<std::shared_ptr<const MasterKeys>> parse_keys(std::string_view text) {
  std::optional<MasterKey> current;
  std::vector<MasterKey> former;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty() || line.front() == '#') {
      continue;
    }
    KAMENG_TRY(MasterKey key, parse_key(line));
    if (!current) {
      current = std::move(key);
    } else {
      former.push_back(std::move(key));
    }
  }
  if (!current) {
    return invalid("The key file holds no key.");
  }
  return std::shared_ptr<const MasterKeys>(
      std::make_shared<MasterKeys>(std::move(*current), std::move(former)));
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool write_new_file(const std::string& path, std::string_view text) {
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return file.is_open() && write_all(file.get(), text) && fsync(file.get()) == 0;
}

SecretText file_text(const MasterKey& key) {
  const SecretText digits = crypto::secret_to_hex(key.bytes().span());
  std::string text;
  text.reserve(file_header.size() + key_prefix.size() + digits.size() + 1);
  text.append(file_header).append(key_prefix).append(digits.view()).append("\n");
  return SecretText(std::move(text));
}

}  // namespace

Result<std::shared_ptr<const MasterKeys>> read_key_file(const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ENOENT) {
      return Error{Status::failed_precondition, "vault.key_missing",
                   "The key file is not there. Bring it back from its copy."};
    }
    return invalid("The key file cannot be opened.");
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0 ||
      static_cast<std::size_t>(status.st_size) > file_bytes_max) {
    return invalid("The key file is not a small, regular file.");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{Status::failed_precondition, "vault.key_file_open",
                 "The key file is open to other users: chmod 600 it."};
  }
  SecretBytes content(static_cast<std::size_t>(status.st_size));
  if (!read_all(file.get(), content.span())) {
    return invalid("The key file cannot be read.");
  }
  return parse_keys(as_text(content.span()));
}

Result<std::shared_ptr<const MasterKeys>> create_key_file(const std::string& path, Random& random) {
  MasterKey key = MasterKey::draw(random);
  // Written under another name first: whoever finds the file by its name finds it whole. The link,
  // unlike a rename, never replaces a key that somebody else has put there meanwhile.
  const std::string draft = path + "." + to_hex(random.draw<8>()) + ".new";
  const bool written = write_new_file(draft, file_text(key).view());
  const bool linked = written && link(draft.c_str(), path.c_str()) == 0;
  const bool exists = written && !linked && errno == EEXIST;
  unlink(draft.c_str());
  if (exists) {
    return Error{Status::failed_precondition, "vault.key_file_exists",
                 "There is a key file already."};
  }
  if (!linked) {
    return not_written();
  }
  KAMENG_CHECK(keep_key_file(path));
  return std::shared_ptr<const MasterKeys>(std::make_shared<MasterKeys>(std::move(key)));
}

// Without it a crash may lose a key that has sealed data already.
Result<void> keep_key_file(const std::string& path) {
  const File folder(open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.is_open() && fsync(folder.get()) == 0 ? Result<void>() : not_written();
}

}  // namespace kameng::keys
