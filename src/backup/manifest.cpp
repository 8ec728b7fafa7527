#include "backup/manifest.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "backup/file.hpp"
#include "crypto/hash.hpp"
#include "json/fields.hpp"
#include "json/parse.hpp"

namespace kameng::backup {

namespace {

constexpr std::size_t manifest_bytes_max = 4096;

std::string hash_of(Manifest manifest) {
  manifest.hash.clear();
  return to_hex(crypto::plain_hash(as_bytes(json::to_text(manifest))));
}

std::string text_of(const Manifest& manifest) {
  return json::to_text(manifest) + "\n";
}

Error data_loss(std::string_view reason, std::int64_t number, std::string_view what) {
  return Error{Status::data_loss, std::string(reason), std::string(what)}.at("folder").detail(
      "number", std::to_string(number));
}

}  // namespace

std::size_t Manifest::size_of(std::int64_t index) const {
  return static_cast<std::size_t>(std::min(block_bytes, bytes - index * block_bytes));
}

Error damaged(std::int64_t number, std::string_view what) {
  return data_loss("backup.damaged", number, what);
}

Error incomplete(std::int64_t number, std::string_view what) {
  return data_loss("backup.incomplete", number, what);
}

Result<void> publish(const Folder& folder, Manifest& manifest) {
  manifest.hash = hash_of(manifest);
  const std::string draft = folder.file(manifest.number, "json.tmp");
  {
    KAMENG_TRY(File file, File::create(draft, "folder"));
    KAMENG_CHECK(file.write(as_bytes(text_of(manifest))));
    KAMENG_CHECK(file.flush());
  }
  if (std::rename(draft.c_str(), folder.file(manifest.number, "json").c_str()) != 0) {
    return error_of(errno, "folder");
  }
  return folder.flush();
}

Result<Manifest> read_manifest(const Folder& folder, std::int64_t number) {
  Result<File> file = File::open(folder.file(number, "json"), "folder");
  if (!file.ok()) {
    return file.error().reason == "backup.not_found"
               ? incomplete(number, "A manifest of the chain is missing.")
               : file.error();
  }
  std::array<std::uint8_t, manifest_bytes_max> bytes{};
  KAMENG_TRY(const auto read, file->read(bytes));
  const std::string_view text = as_text(read);
  const Result<json::Value> value = json::parse(text);
  Result<Manifest> manifest =
      value.ok() ? json::read<Manifest>(*value) : Result<Manifest>(value.error());
  // What stands in the file is held against what was written, so nothing in it goes unnoticed.
  if (!manifest.ok() || text != text_of(*manifest) || manifest->hash != hash_of(*manifest) ||
      manifest->format != format_name || manifest->number != number) {
    return damaged(number, "A manifest of the chain is not what was written.");
  }
  return manifest;
}

}  // namespace kameng::backup
