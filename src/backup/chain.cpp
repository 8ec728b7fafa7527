// chain.cpp - the walk along the blocks: which have changed, and how they come together again.
#include "backup/chain.hpp"

#include <cerrno>
#include <cstdio>
#include <utility>

#include "backup/file.hpp"
#include "backup/hash_list.hpp"
#include "crypto/hash.hpp"

namespace kameng::backup {

namespace {

constexpr std::string_view image_name = "image.tmp";

Error out_of_time() {
  return Error{Status::deadline_exceeded, "call.deadline", "The time for this call ran out."}.with(
      Retry::same);
}

Result<void> move(const std::string& from, const std::string& to) {
  return std::rename(from.c_str(), to.c_str()) == 0 ? Result<void>() : error_of(errno, "folder");
}

// The hashes of the point before, beside those of this one. None before the first.
class Before {
 public:
  [[nodiscard]] static Result<Before> open(const Folder& folder,
                                           const std::optional<Manifest>& manifest) {
    Before before;
    if (manifest) {
      before.blocks_ = manifest->blocks();
      KAMENG_TRY(HashReader reader, HashReader::open(folder, *manifest));
      before.reader_.emplace(std::move(reader));
    }
    return before;
  }
  // Whether block `index` was the same. Asked for each block in turn.
  [[nodiscard]] Result<bool> same(std::int64_t index, const crypto::Hash32& hash) {
    if (index >= blocks_) {
      return false;
    }
    KAMENG_TRY(const crypto::Hash32 earlier, reader_->next());
    return earlier == hash;
  }
  [[nodiscard]] Result<void> finish() { return reader_ ? reader_->finish() : Result<void>(); }

 private:
  std::int64_t blocks_ = 0;
  std::optional<HashReader> reader_;
};

// Hashes the copy block by block, and keeps those that have changed.
Result<void> keep_changes(const Folder& folder, const std::optional<Manifest>& parent,
                          Manifest& manifest, const Deadline& deadline) {
  KAMENG_TRY(File image, File::open(folder.file(image_name), "folder"));
  KAMENG_TRY(manifest.bytes, image.size());
  KAMENG_TRY(Before before, Before::open(folder, parent));
  KAMENG_TRY(File hash_file, File::create(folder.file(manifest.number, "hashes.tmp"), "folder"));
  HashWriter hashes(std::move(hash_file));
  KAMENG_TRY(File data, File::create(folder.file(manifest.number, "data.tmp"), "folder"));
  Bytes block(block_bytes);
  for (std::int64_t i = 0; i < manifest.blocks(); ++i) {
    if (deadline.over()) {
      return out_of_time();
    }
    KAMENG_TRY(const auto read, image.read(std::span(block).first(manifest.size_of(i))));
    const crypto::Hash32 hash = crypto::plain_hash(read);
    KAMENG_CHECK(hashes.add(hash));
    KAMENG_TRY(const bool same, before.same(i, hash));
    if (!same) {
      manifest.stored_bytes += std::ssize(read);
      // The first copy is moved as a whole instead.
      KAMENG_CHECK(parent ? data.write(read) : Result<void>());
    }
  }
  KAMENG_CHECK(before.finish());
  KAMENG_TRY(manifest.image, hashes.finish());
  KAMENG_CHECK(parent ? data.flush() : image.flush());
  KAMENG_CHECK(move(
      folder.file(parent ? six_digits(manifest.number) + ".data.tmp" : std::string(image_name)),
      folder.file(manifest.number, "data")));
  return move(folder.file(manifest.number, "hashes.tmp"), folder.file(manifest.number, "hashes"));
}

Result<Manifest> make_point(const Folder& folder, const std::optional<Manifest>& parent,
                            const NewPoint& point, const Copy& copy, const Deadline& deadline) {
  Manifest manifest;
  manifest.format = format_name;
  manifest.number = parent ? parent->number + 1 : 1;
  manifest.parent = parent ? parent->hash : "";
  manifest.shop = point.shop;
  manifest.at_ms = point.at_ms;
  if (manifest.number > number_max) {
    return incomplete(number_max, "The chain is as long as it may be; begin another.");
  }
  KAMENG_CHECK(File::create(folder.file(image_name), "folder"));
  KAMENG_CHECK(copy(folder.file(image_name)));
  KAMENG_CHECK(keep_changes(folder, parent, manifest, deadline));
  KAMENG_CHECK(folder.flush());  // before the manifest says that they are there
  KAMENG_CHECK(publish(folder, manifest));
  return manifest;
}

// Writes the blocks in which a point differs from the one before.
Result<void> apply(const Folder& folder, const std::optional<Manifest>& parent,
                   const Manifest& manifest, File& into, const Deadline& deadline) {
  KAMENG_TRY(HashReader hashes, HashReader::open(folder, manifest));
  KAMENG_TRY(Before before, Before::open(folder, parent));
  Result<File> data = File::open(folder.file(manifest.number, "data"), "folder");
  if (!data.ok()) {
    return data.error().reason == "backup.not_found"
               ? incomplete(manifest.number, "A file of blocks is missing.")
               : data.error();
  }
  KAMENG_TRY(const std::int64_t size, data->size());
  if (size != manifest.stored_bytes) {
    return damaged(manifest.number, "A file of blocks is shorter or longer than it was.");
  }
  Bytes block(block_bytes);
  for (std::int64_t i = 0; i < manifest.blocks(); ++i) {
    if (deadline.over()) {
      return out_of_time();
    }
    KAMENG_TRY(const crypto::Hash32 hash, hashes.next());
    KAMENG_TRY(const bool same, before.same(i, hash));
    if (!same) {
      KAMENG_TRY(const auto read, data->read(std::span(block).first(manifest.size_of(i))));
      if (crypto::plain_hash(read) != hash) {
        return damaged(manifest.number, "A block is not what was written.");
      }
      KAMENG_CHECK(into.write_at(i * block_bytes, read));
    }
  }
  KAMENG_CHECK(hashes.finish());
  return into.resize(manifest.bytes);
}

// The manifest of the next point, and whether it follows.
Result<Manifest> read_next(const Folder& folder, const std::optional<Manifest>& parent) {
  const std::int64_t number = parent ? parent->number + 1 : 1;
  KAMENG_TRY(Manifest manifest, read_manifest(folder, number));
  if (manifest.parent != (parent ? parent->hash : "") ||
      (parent && manifest.shop != parent->shop)) {
    return damaged(number, "A manifest does not follow the one before it.");
  }
  return manifest;
}

Result<std::int64_t> last_number(const Folder& folder) {
  KAMENG_TRY(const std::int64_t last, folder.last_number());
  if (last == 0) {
    return Error{Status::not_found, "backup.not_found", "The folder holds no backup."}.at("folder");
  }
  return last;
}

Result<Manifest> apply_all(const Folder& folder, std::int64_t number, File& into,
                           const Deadline& deadline) {
  std::optional<Manifest> parent;
  while (!parent || parent->number < number) {
    KAMENG_TRY(Manifest manifest, read_next(folder, parent));
    KAMENG_CHECK(apply(folder, parent, manifest, into, deadline));
    parent = std::move(manifest);
  }
  KAMENG_CHECK(into.flush());
  return std::move(*parent);
}

}  // namespace

Result<Manifest> last_point(const Folder& folder) {
  KAMENG_TRY(const std::int64_t last, last_number(folder));
  std::optional<Manifest> manifest;
  while (!manifest || manifest->number < last) {
    KAMENG_TRY(manifest, read_next(folder, manifest));
  }
  return std::move(*manifest);
}

Result<Manifest> add_point(const Folder& folder, const std::optional<Manifest>& parent,
                           const NewPoint& point, const Copy& copy, const Deadline& deadline) {
  folder.sweep();
  Result<Manifest> made = make_point(folder, parent, point, copy, deadline);
  if (!made.ok()) {
    folder.remove_point(parent ? parent->number + 1 : 1);
  }
  folder.sweep();
  return made;
}

Result<Manifest> rebuild(const Folder& folder, std::optional<std::int64_t> number,
                         const std::string& path, std::string_view field,
                         const Deadline& deadline) {
  KAMENG_TRY(const std::int64_t last, last_number(folder));
  if (number.value_or(last) > last) {
    return Error{Status::not_found, "backup.not_found", "The chain ends before this point."}.at(
        "number");
  }
  KAMENG_TRY(File into, File::create(path, field));
  Result<Manifest> built = apply_all(folder, number.value_or(last), into, deadline);
  if (!built.ok()) {
    remove_quietly(path);
  }
  return built;
}

}  // namespace kameng::backup
