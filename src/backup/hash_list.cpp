#include "backup/hash_list.hpp"

#include <algorithm>
#include <utility>

namespace kameng::backup {

namespace {

constexpr std::size_t hash_bytes = crypto::Hash32{}.size();
constexpr std::size_t buffer_bytes = hash_bytes * 2048;

}  // namespace

Result<void> HashWriter::add(const crypto::Hash32& hash) {
  buffer_.insert(buffer_.end(), hash.begin(), hash.end());
  return buffer_.size() < buffer_bytes ? Result<void>() : write_out();
}

Result<void> HashWriter::write_out() {
  whole_.add(buffer_);
  KAMENG_CHECK(file_.write(buffer_));
  buffer_.clear();
  return {};
}

Result<std::string> HashWriter::finish() {
  KAMENG_CHECK(write_out());
  KAMENG_CHECK(file_.flush());
  return to_hex(whole_.finish());
}

Result<HashReader> HashReader::open(const Folder& folder, const Manifest& manifest) {
  Result<File> file = File::open(folder.file(manifest.number, "hashes"), "folder");
  if (!file.ok()) {
    return file.error().reason == "backup.not_found"
               ? incomplete(manifest.number, "A file of hashes is missing.")
               : file.error();
  }
  return HashReader(std::move(*file), manifest);
}

// True when there is more in the buffer.
Result<bool> HashReader::fill() {
  buffer_.resize(buffer_bytes);
  KAMENG_TRY(const auto read, file_.read(buffer_));
  buffer_.resize(read.size());
  whole_.add(buffer_);
  at_ = 0;
  return !buffer_.empty();
}

Result<crypto::Hash32> HashReader::next() {
  if (at_ == buffer_.size()) {
    KAMENG_CHECK(fill());
  }
  crypto::Hash32 hash{};
  if (buffer_.size() - at_ < hash.size()) {
    return damaged(number_, "A file of hashes is too short.");
  }
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), hash.size(), hash.begin());
  at_ += hash.size();
  return hash;
}

Result<void> HashReader::finish() {
  for (bool more = true; more;) {
    KAMENG_TRY(more, fill());
  }
  if (to_hex(whole_.finish()) != image_) {
    return damaged(number_, "A file of hashes is not what was written.");
  }
  return {};
}

}  // namespace kameng::backup
